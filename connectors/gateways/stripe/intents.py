"""A payment intent as an outcome. What Stripe has not called succeeded, or held, is never Done.

Statuses: https://docs.stripe.com/payments/paymentintents/lifecycle.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.actions import Capture, Void
from connectors.errors import OutcomeUnknown
from connectors.gateways.stripe.amounts import from_stripe
from connectors.gateways.stripe.errors import FAILURES
from connectors.money import Money
from connectors.outcomes import Done, Failed, LookedUp, Outcome, Pending

WAITING = {
    "processing": "The bank has not confirmed the payment yet.",
    "requires_action": "The bank wants the customer to confirm the payment; it waits for that.",
    "requires_confirmation": "Stripe has the payment and has not tried it yet.",
}


def taken(intent: Mapping[str, Any]) -> LookedUp:
    """What came of a charge."""
    return _read(intent, "succeeded", _amount(intent, "amount"))


def held(intent: Mapping[str, Any]) -> LookedUp:
    """What came of a hold; one that was captured since counts as made."""
    good = "succeeded" if intent.get("status") == "succeeded" else "requires_capture"
    return _read(intent, good, _amount(intent, "amount"))


def captured(action: Capture, intent: Mapping[str, Any], at: datetime) -> Outcome:
    """What came of taking a hold."""
    if intent.get("status") == "succeeded":
        return Done(action.object_id, _amount(intent, "amount_received"), at)
    return Pending(_waiting(intent), action.object_id, action.amount)


def voided(action: Void, intent: Mapping[str, Any]) -> Outcome:
    """What came of releasing a hold."""
    if intent.get("status") == "canceled":
        # The intent is what changes: it is read again, as the charge does not show it.
        return Done(str(intent.get("id")), None, moment(intent, "canceled_at"))
    return Pending(_waiting(intent), action.object_id)


def moment(found: Mapping[str, Any], name: str) -> datetime:
    """A time of Stripe's (UTC). Raises OutcomeUnknown where it is none."""
    seconds = found.get(name)
    try:
        if isinstance(seconds, int) and not isinstance(seconds, bool):
            return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError):
        pass
    raise OutcomeUnknown(f"Stripe's answer has no readable {name}: the request must be looked up.")


def _read(intent: Mapping[str, Any], good: str, amount: Money) -> LookedUp:
    reference, status = intent.get("latest_charge") or intent.get("id"), str(intent.get("status"))
    if not isinstance(reference, str):
        raise OutcomeUnknown("Stripe's answer is no payment that can be read: the request must be looked up.")
    if status == good:
        return Done(reference, amount, moment(intent, "created"))
    if status == "canceled":
        return Failed("The payment was cancelled at Stripe.", reference, amount)
    if status == "requires_payment_method":
        return Failed(_why_declined(intent), reference, amount)
    return Pending(_waiting(intent), reference, amount)


def _why_declined(intent: Mapping[str, Any]) -> str:
    error = intent.get("last_payment_error")
    said = error.get("message") if isinstance(error, Mapping) else None
    return f"The bank declined. Stripe says: {FAILURES.scrub(said or 'no reason given')}"


def _waiting(intent: Mapping[str, Any]) -> str:
    status = str(intent.get("status"))
    unknown = f"Stripe reports the status {status[:40]!r}: the payment is looked up again."
    return WAITING.get(status, unknown)


def _amount(intent: Mapping[str, Any], name: str) -> Money:
    """An answer without it may still stand for money that moved."""
    counted = intent.get(name)
    try:
        if isinstance(counted, int) and not isinstance(counted, bool):
            return from_stripe(counted, str(intent.get("currency")))
    except ValueError:
        pass
    raise OutcomeUnknown("Stripe's answer is no payment that can be read: the request must be looked up.")
