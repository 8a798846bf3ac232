"""Which actions are offered on one object, up to which amount, and for one that is not, why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connectors.actions import ACTIONS, has_amount
from connectors.capabilities import Capabilities, Capability
from connectors.money import Money
from connectors.states import ChargeState, CustomerState, InvoiceState, ObjectState, SubscriptionState

LIVING = frozenset({"active", "trialing", "past_due", "unpaid", "paused", "incomplete"})
"""Statuses of a subscription that can still be changed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One action on one object: offered (up to `maximum`, where it has an amount), or not offered, and then why."""

    action: str
    maximum: Money | None
    is_partial: bool
    reason: str
    """Empty where the action is offered."""

    @property
    def is_offered(self) -> bool:
        return not self.reason

    @property
    def title(self) -> str:
        return ACTIONS[self.action].title


def which_actions(
    state: ObjectState, capabilities: Capabilities, allowed: frozenset[str], *, now: datetime
) -> list[Offer]:
    """Every action on objects of this kind, offered or with the reason against it.

    `allowed` are the actions that the role may ask for (from the policy).
    """
    kind = state.object_kind
    here = [one for one in capabilities.actions.values() if ACTIONS[one.action].object_kind == kind]
    offers = [_offer(state, capability, allowed, now) for capability in here]
    missing = {name: why for name, why in capabilities.absent.items() if ACTIONS[name].object_kind == kind}
    return offers + [Offer(name, None, False, reason) for name, reason in missing.items()]


def _offer(state: ObjectState, capability: Capability, allowed: frozenset[str], now: datetime) -> Offer:
    reason = _reason_against(state, capability, allowed, now)
    maximum = None if reason or not isinstance(state, ChargeState) else _maximum(state, capability.action)
    return Offer(capability.action, maximum, capability.is_partial, reason)


def _maximum(charge: ChargeState, action: str) -> Money | None:
    if not has_amount(action):
        return None
    return {"refund": charge.left, "capture": charge.capturable}.get(action, charge.chargeable)


def _reason_against(state: ObjectState, capability: Capability, allowed: frozenset[str], now: datetime) -> str:
    if capability.action not in allowed:
        return "Your role may not do this."
    if isinstance(state, ChargeState) and capability.within is not None and now - state.created_at > capability.within:
        return f"The gateway allows this for {capability.within.days} days; the charge is older."
    if isinstance(state, ChargeState):
        return _CHARGE[capability.action](state)
    if isinstance(state, SubscriptionState):
        return _against_subscription(state, capability.action)
    if isinstance(state, InvoiceState) and state.status != "open":
        return f"The invoice is {state.status}: only an open one can be sent or given up."
    if isinstance(state, CustomerState) and state.is_deleted:
        return "The customer was deleted at the gateway."
    return ""


def _against_refund(charge: ChargeState) -> str:
    if charge.status != "succeeded":
        return f"The charge is {charge.status}: no money was taken that could be given back."
    if charge.is_disputed:
        return "The charge is disputed: its money is with the card network until the dispute is closed."
    if charge.left.minor <= 0:
        return "Everything was refunded already."
    return ""


def _against_capture(charge: ChargeState) -> str:
    if charge.capturable is None or charge.capturable.minor <= 0:
        return f"The charge is {charge.status}: it holds nothing that could be captured."
    return ""


def _against_void(charge: ChargeState) -> str:
    return "" if charge.is_voidable else f"The charge is {charge.status}: there is no hold to release."


def _against_charging(charge: ChargeState) -> str:
    if charge.chargeable is None:
        return "No payment method of the customer is stored with it."
    return ""


_CHARGE: dict[str, Callable[[ChargeState], str]] = {
    "refund": _against_refund,
    "capture": _against_capture,
    "void": _against_void,
    "charge_again": _against_charging,
    "authorize": _against_charging,
}


def _against_subscription(state: SubscriptionState, action: str) -> str:
    if state.status not in LIVING:
        return f"The subscription is {state.status}."
    if action == "pause_subscription" and state.is_paused:
        return "It is paused already."
    if action == "resume_subscription" and not (state.is_paused or state.is_cancel_at_period_end):
        return "It is neither paused nor about to end."
    if action == "remove_coupon" and not state.coupon_ids:
        return "It has no coupon."
    return ""
