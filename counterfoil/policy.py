"""Who may ask for what, up to which amount: one file, checked at start, evaluated in the flow.

Amounts are minor units per currency. A currency that a role's limits do not list is not allowed for that role.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from counterfoil.requests import ActionRequest
from counterfoil.settings import SettingsInvalid
from counterfoil.toml_lines import line_of

Role = Literal["agent", "lead", "finance", "auditor", "engineer", "customer"]
BatchRole = Literal["lead", "finance"]
"""Who may ask for batches at all; the others have no page for it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Permit(_Part):
    """What one role may do with one action. All amounts: currency -> minor units."""

    limit: dict[str, Annotated[int, Field(ge=0)]] = {}
    """The most that one request may move; an action that moves money needs the currency here."""
    daily: dict[str, Annotated[int, Field(ge=0)]] = {}
    """The most that one requester may ask for in 24 hours of one action; a currency not listed has no daily limit."""
    approval_above: dict[str, Annotated[int, Field(ge=0)]] = {}
    """Above this a second person must approve; a currency that is not listed needs none."""
    is_approval_needed: bool = False
    """Whether a second person must approve whatever the amount is; for actions without one."""
    reasons: tuple[str, ...] = ()
    """The reason codes to choose from; empty: all of them."""


class BatchPermit(_Part):
    """What one role may ask for at once. A batch always needs the approval of a second person."""

    items: Annotated[int, Field(ge=1, le=100_000)]
    """The most items of one batch."""
    total: dict[str, Annotated[int, Field(ge=0)]]
    """The most that one batch may move: currency -> minor units. A currency that is not listed is not allowed."""


class Policy(_Part):
    """The whole policy file."""

    reasons: dict[str, str]
    """Reason code -> the words that the agent sees."""
    is_text_required: bool = True
    again_within_minutes: Annotated[int, Field(ge=0)] = 10
    """The same action on the same charge for the same amount within this time needs a confirmation."""
    approval_expires_hours: Annotated[int, Field(ge=1)] = 72
    approvers: tuple[Role, ...] = ("lead",)
    confirm_matches: tuple[Literal["chosen", "identifier", "email"], ...] = ("email",)
    """Customers who were found in one of these ways only: the agent must confirm that it is the right one."""
    roles: dict[Role, dict[str, Permit]]
    batches: dict[BatchRole, dict[Literal["refund"], BatchPermit]] = {}
    """Who may ask for many actions at once. Each item stays within the role's limit of the action."""

    def actions_of(self, role: str) -> frozenset[str]:
        """The actions that a role may ask for."""
        return frozenset(name for known, permits in self.roles.items() if known == role for name in permits)

    def staff_who_may(self, action: str) -> list[str]:
        """The roles of people of the company that may ask for an action."""
        return [role for role in self.roles if role != "customer" and action in self.actions_of(role)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kind`: allowed, approval, or refused; `rule` names the setting, `sentence` is for the person."""

    kind: Literal["allowed", "approval", "refused"]
    rule: str
    sentence: str


def load_policy(path: Path) -> Policy:
    """Read and check the policy; raise SettingsInvalid that names file, line and mend."""
    if not path.is_file():
        raise SettingsInvalid(f"{path}: no such file. policy.toml of the repository is a good beginning.")
    text = path.read_text(encoding="utf-8")
    try:
        return Policy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(f"{path}: not TOML: {error}.") from None
    except ValidationError as error:
        lines = [
            f"{path}:{line_of(text, mistake['loc'])}: {'.'.join(map(str, mistake['loc']))}: {mistake['msg']}."
            for mistake in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsInvalid("\n".join(lines)) from None


def evaluate(
    policy: Policy, request: ActionRequest, amount_minor: int | None, currency: str | None, asked_today: int
) -> Verdict:
    """Judge one request. `amount_minor` is what would move, None for an action without an amount; `asked_today` what
    the requester asked for with this action in 24 hours before it, in the same currency (all requests that were not
    refused, in order of creation)."""
    refused = _reason(policy, request) or _permit_exists(policy, request) or _match(policy, request)
    if refused is None and amount_minor is not None and currency is not None:
        refused = _limit(policy, request, amount_minor, currency) or _daily(
            policy, request, amount_minor, currency, asked_today
        )
    return refused or _approval(policy, request, amount_minor, currency) or Verdict("allowed", "", "")


def evaluate_item(policy: Policy, request: ActionRequest, amount_minor: int, currency: str) -> Verdict:
    """Judge one item of a batch: like any request, but what a day and an approval bound was judged for the whole."""
    refused = (
        _reason(policy, request) or _permit_exists(policy, request) or _limit(policy, request, amount_minor, currency)
    )
    return refused or Verdict("allowed", "", "")


def reasons_for(policy: Policy, role: str, action: str) -> dict[str, str]:
    """The reasons that a role may give for an action: code -> words."""
    codes = _permit(policy, role, action).reasons if action in policy.actions_of(role) else ()
    return {code: words for code, words in policy.reasons.items() if not codes or code in codes}


def _permit(policy: Policy, role: str, action: str) -> Permit:
    """Of a role and an action that the policy knows."""
    return next(permits[action] for known, permits in policy.roles.items() if known == role)


def _reason(policy: Policy, request: ActionRequest) -> Verdict | None:
    known = reasons_for(policy, request.role, request.action)
    if request.reason_code not in known:
        return Verdict("refused", "reasons", f"Choose one of the reasons: {', '.join(known)}.")
    if policy.is_text_required and not request.reason_text.strip():
        return Verdict("refused", "is_text_required", "Write why, in a few words.")
    return None


def _permit_exists(policy: Policy, request: ActionRequest) -> Verdict | None:
    if request.action in policy.actions_of(request.role):
        return None
    able = ", ".join(policy.staff_who_may(request.action)) or "nobody"
    sentence = f"The role {request.role} may not {request.action.replace('_', ' ')}; {able} may."
    return Verdict("refused", f"roles.{request.role}.{request.action}", sentence)


def _match(policy: Policy, request: ActionRequest) -> Verdict | None:
    if request.customer_match not in policy.confirm_matches or request.is_match_confirmed:
        return None
    sentence = "The customer was found by e-mail address only; make sure that it is the right one, and confirm it."
    return Verdict("refused", "confirm_matches", sentence)


def _limit(policy: Policy, request: ActionRequest, amount: int, currency: str) -> Verdict | None:
    limit = _permit(policy, request.role, request.action).limit.get(currency)
    rule = f"roles.{request.role}.{request.action}.limit.{currency}"
    if limit is None:
        return Verdict("refused", rule, f"The role {request.role} has no limit in {currency}; ask a lead.")
    if amount > limit:
        return Verdict("refused", rule, f"The amount is above the limit of the role {request.role}; ask a lead.")
    return None


def _daily(policy: Policy, request: ActionRequest, amount: int, currency: str, today: int) -> Verdict | None:
    daily = _permit(policy, request.role, request.action).daily.get(currency)
    if daily is None or today + amount <= daily:
        return None
    rule = f"roles.{request.role}.{request.action}.daily.{currency}"
    return Verdict("refused", rule, "With what was asked for today this is above the daily limit; ask a lead.")


def _approval(policy: Policy, request: ActionRequest, amount: int | None, currency: str | None) -> Verdict | None:
    permit = _permit(policy, request.role, request.action)
    rule = f"roles.{request.role}.{request.action}"
    if permit.is_approval_needed:
        return Verdict("approval", f"{rule}.is_approval_needed", "A second person must approve this action.")
    above = permit.approval_above.get(currency or "")
    if above is not None and amount is not None and amount > above:
        return Verdict("approval", f"{rule}.approval_above.{currency}", "A second person must approve this amount.")
    return None
