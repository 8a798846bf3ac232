"""What a gateway can do, as data. Importing a gateway's capabilities imports no SDK.

The panel, the documentation and the API all read these; only `which_actions` decides what is offered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.money import Money


@dataclass(frozen=True, slots=True)
class Capability:
    """How one action works at one gateway."""

    action: str
    is_partial: bool
    """Whether less than the whole amount can be asked for."""
    is_repeatable: bool
    """Whether it can be asked for several times on one object."""
    within: timedelta | None
    """Counted from the charge; None where the gateway sets no limit."""
    key_lives: timedelta | None
    """How long the gateway remembers an idempotency key; None where it has none: then only a look-up protects."""
    is_looked_up: bool
    """Whether the action can be found again by its request id."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Everything one gateway can do; `absent` gives, for each action it lacks, the reason in words."""

    gateway: str
    actions: dict[str, Capability]
    absent: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChargeState:
    """What `which_actions` must know of a charge; the same fields as the canonical table's."""

    account: str
    charge_id: str
    status: str
    """succeeded, pending, failed, authorized or voided."""
    captured: Money
    refunded: Money
    is_disputed: bool
    created_at: datetime

    @property
    def left(self) -> Money:
        """What can still be refunded."""
        return self.captured - self.refunded


@dataclass(frozen=True, slots=True)
class Offer:
    """One action on one charge: offered up to `maximum`, or not offered, and then why."""

    action: str
    maximum: Money | None
    is_partial: bool
    reason: str
    """Empty where the action is offered."""

    @property
    def is_offered(self) -> bool:
        return not self.reason


def which_actions(
    charge: ChargeState, capabilities: Capabilities, allowed: frozenset[str], *, now: datetime
) -> list[Offer]:
    """Every action that the gateway or another gateway knows, offered or with the reason against it.

    `allowed` are the actions that the role may ask for (from the policy).
    """
    offers = [_offer(charge, capability, allowed, now) for capability in capabilities.actions.values()]
    offers += [Offer(name, None, False, reason) for name, reason in capabilities.absent.items()]
    return offers


def _offer(charge: ChargeState, capability: Capability, allowed: frozenset[str], now: datetime) -> Offer:
    reason = _reason_against(charge, capability, allowed, now)
    return Offer(capability.action, None if reason else charge.left, capability.is_partial, reason)


def _reason_against(charge: ChargeState, capability: Capability, allowed: frozenset[str], now: datetime) -> str:
    if capability.action not in allowed:
        return "Your role may not do this."
    if capability.within is not None and now - charge.created_at > capability.within:
        return f"The gateway allows this for {capability.within.days} days; the charge is older."
    if capability.action == "refund":
        return _reason_against_refund(charge)
    return ""


def _reason_against_refund(charge: ChargeState) -> str:
    if charge.status != "succeeded":
        return f"The charge is {charge.status}: no money was taken that could be given back."
    if charge.is_disputed:
        return "The charge is disputed: its money is with the card network until the dispute is closed."
    if charge.left.minor <= 0:
        return "Everything was refunded already."
    return ""
