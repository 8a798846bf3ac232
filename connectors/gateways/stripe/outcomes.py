"""A Stripe refund as an outcome. What Stripe has not called succeeded is never Done.

Statuses: https://docs.stripe.com/api/refunds/object; failures: https://docs.stripe.com/refunds#failed-refunds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.errors import Declined, OutcomeUnknown, Refused
from connectors.gateways.stripe.amounts import from_stripe
from connectors.money import Money
from connectors.outcomes import Done, Failed, LookedUp, Outcome, Pending

WAITING = {
    "pending": "Stripe has accepted the refund; the bank has not confirmed it yet.",
    "requires_action": "Stripe has asked the customer by e-mail where to send the refund; it waits for the answer.",
}
FAILURES = {
    "lost_or_stolen_card": "the card was lost or stolen",
    "expired_or_canceled_card": "the card has expired or was cancelled",
    "charge_for_pending_refund_disputed": "the customer disputed the charge while the refund was pending",
    "insufficient_funds": "the Stripe balance was too low",
    "declined": "the bank declined it",
    "merchant_request": "it was cancelled at the request of the business",
}


def outcome(refund: Mapping[str, Any]) -> Outcome:
    """What came of the request that made this refund. Raises Declined or Refused where it failed at once."""
    found = _read(refund)
    if not isinstance(found, Failed):
        return found
    kind = Refused if refund.get("status") == "canceled" else Declined
    raise kind(found.reason, code=str(refund.get("failure_reason") or refund.get("status")))


def looked_up(refunds: Sequence[Mapping[str, Any]]) -> LookedUp | None:
    """The outcome of one request among its refunds: what succeeded before what waits, and that before failures."""
    return best([_read(refund) for refund in refunds])


def best(found: Sequence[LookedUp]) -> LookedUp | None:
    """What counts of several objects that one request left behind; None of none."""
    order = (Done, Pending, Failed)
    return min(found, key=lambda each: order.index(type(each)), default=None)


def _read(refund: Mapping[str, Any]) -> LookedUp:
    reference, amount, at, status = _checked(refund)
    if status == "succeeded":
        return Done(reference, amount, at)
    if status in {"failed", "canceled"}:
        return Failed(_why_failed(status, refund.get("failure_reason")), reference, amount)
    unknown = f"Stripe reports the status {status[:40]!r}, which we do not know: the refund is looked up again."
    return Pending(WAITING.get(status, unknown), reference, amount)


def _checked(refund: Mapping[str, Any]) -> tuple[str, Money, datetime, str]:
    """Id, amount, time and status. An answer without them may still stand for a refund that was made."""
    counted, created = refund.get("amount"), refund.get("created")
    texts = [refund.get(name) for name in ("id", "currency", "status")]
    whole = isinstance(counted, int) and isinstance(created, int) and not isinstance(counted, bool)
    if not whole or not all(isinstance(text, str) and text for text in texts):
        raise OutcomeUnknown("Stripe's answer is no refund that can be read: the request must be looked up.")
    try:
        amount = from_stripe(int(counted or 0), str(texts[1]))
        return str(texts[0]), amount, datetime.fromtimestamp(int(created or 0), UTC), str(texts[2])
    except (ValueError, OverflowError):
        raise OutcomeUnknown("The refund in Stripe's answer has an amount or a time that cannot be.") from None


def _why_failed(status: str, reason: object) -> str:
    if status == "canceled":
        return "The refund was cancelled; no money went back to the customer."
    said = FAILURES.get(str(reason), f"the reason that Stripe gives is {str(reason)[:60]!r}")
    return f"The refund failed: {said}. No money went back to the customer."
