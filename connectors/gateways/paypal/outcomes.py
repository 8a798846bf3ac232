"""A PayPal refund as an outcome. What PayPal has not called COMPLETED is never Done.

Source: payments_payment_v2.json, schema refund.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.errors import Declined, OutcomeUnknown, Refused, RequestInvalid
from connectors.gateways.paypal.amounts import from_paypal
from connectors.money import Money
from connectors.outcomes import Done, Failed, LookedUp, Outcome, Pending

WAITING = "PayPal has accepted the refund; it is paid from a bank account and is not confirmed yet."
FAILURES = {
    "FAILED": "The refund failed. No money went back to the customer.",
    "CANCELLED": "The refund was cancelled; no money went back to the customer.",
}


def outcome(refund: Mapping[str, Any], wanted: Money, request_id: str) -> Outcome:
    """What came of the request that made this refund. Raises Declined or Refused where it failed at once.

    PayPal answers a key that it knows with the refund of its first use: one that is not ours is none of this request.
    """
    found = _read(refund)
    if found.amount != wanted or refund.get("custom_id") not in {None, request_id}:
        raise RequestInvalid("The idempotency key was used before with other parameters.")
    if not isinstance(found, Failed):
        return found
    kind = Refused if refund.get("status") == "CANCELLED" else Declined
    raise kind(found.reason, code=str(refund.get("status")))


def looked_up(refunds: Sequence[Mapping[str, Any]]) -> LookedUp | None:
    """The outcome of one request among its refunds: what succeeded before what waits, and that before failures."""
    found = [_read(refund) for refund in refunds]
    order = (Done, Pending, Failed)
    return min(found, key=lambda each: order.index(type(each)), default=None)


def _read(refund: Mapping[str, Any]) -> LookedUp:
    reference, amount, at, status = _checked(refund)
    if status == "COMPLETED":
        return Done(reference, amount, at)
    if status in FAILURES:
        return Failed(FAILURES[status], reference, amount)
    unknown = f"PayPal reports the status {status[:40]!r}, which we do not know: the refund is looked up again."
    return Pending(WAITING if status == "PENDING" else unknown, reference, amount)


def _checked(refund: Mapping[str, Any]) -> tuple[str, Money, datetime, str]:
    """Id, amount, time and status. An answer without them may still stand for a refund that was made."""
    texts = [refund.get(name) for name in ("id", "status", "create_time")]
    if not all(isinstance(text, str) and text for text in texts):
        raise OutcomeUnknown("PayPal's answer is no refund that can be read: the request must be looked up.")
    try:
        at = datetime.fromisoformat(str(refund.get("update_time") or texts[2]))
        amount = from_paypal(refund.get("amount"))
    except ValueError:
        raise OutcomeUnknown("The refund in PayPal's answer has an amount or a time that cannot be.") from None
    if at.tzinfo is None:
        raise OutcomeUnknown("The refund in PayPal's answer has a time without an offset.")
    return str(texts[0]), amount, at.astimezone(UTC), str(texts[1])
