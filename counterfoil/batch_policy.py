"""The policy's word on a batch as a whole; each item is judged again when it is carried out."""

from __future__ import annotations

from counterfoil.batches import BatchRequest
from counterfoil.policy import BatchPermit, Policy, Verdict, reasons_for


def permit_of(policy: Policy, role: str, action: str) -> BatchPermit | None:
    """What a role may ask for at once; None where it may not at all."""
    permits = ((known, name, permit) for known, named in policy.batches.items() for name, permit in named.items())
    return next((permit for known, name, permit in permits if (known, name) == (role, action)), None)


def who_may(policy: Policy, action: str) -> list[str]:
    """The roles that may ask for batches of an action."""
    return [role for role, permits in policy.batches.items() if action in permits]


def evaluate_batch(policy: Policy, batch: BatchRequest) -> Verdict:
    """Judge a batch as a whole: who asks, for how many, for how much. Allowed means: once a second person approved."""
    rule = f"batches.{batch.role}.{batch.action}"
    permit = permit_of(policy, batch.role, batch.action)
    if permit is None:
        able = ", ".join(who_may(policy, batch.action)) or "nobody"
        return Verdict("refused", rule, f"The role {batch.role} may not ask for batches; {able} may.")
    if batch.reason_code not in reasons_for(policy, batch.role, batch.action):
        return Verdict("refused", "reasons", "Choose one of the reasons.")
    if policy.is_text_required and not batch.reason_text.strip():
        return Verdict("refused", "is_text_required", "Write why, in a few words.")
    if not 0 < batch.items <= permit.items:
        sentence = f"A batch of this role has 1 to {permit.items} items, this one {batch.items}; split it."
        return Verdict("refused", f"{rule}.items", sentence)
    for currency, minor in batch.totals.items():
        if minor > permit.total.get(currency, -1):
            sentence = f"The total in {currency} is above what the role {batch.role} may move at once; ask for less."
            return Verdict("refused", f"{rule}.total.{currency}", sentence)
    return Verdict("allowed", "", "")
