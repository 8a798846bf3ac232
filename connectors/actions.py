"""Actions: what we ask a gateway to do. Frozen, typed, and complete: nothing about the agent, nothing about HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.money import Money


@dataclass(frozen=True, slots=True)
class Refund:
    """Give money of one charge back to where it came from. `amount` is never "what is left": that was read before."""

    account: str
    """gateway/label, such as "stripe/eu"."""
    charge_id: str
    amount: Money
    reason_code: str
    """One of the policy's reasons; the connector maps it to the gateway's words."""
    request_id: str
    """Written to the gateway where it can be found again (metadata, custom_id, note)."""

    name = "refund"


Action = Refund
"""The union of all actions; each gateway's capabilities say which of them it carries out."""
