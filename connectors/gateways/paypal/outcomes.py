"""PayPal's refunds, captures and authorizations as outcomes. What PayPal has not called complete is never Done.

Source: payments_payment_v2.json, schemas refund_status, capture_status and authorization_status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.actions import MoneyAction
from connectors.errors import Declined, OutcomeUnknown, Refused, RequestInvalid
from connectors.gateways.paypal.amounts import from_paypal
from connectors.money import Money
from connectors.outcomes import Done, Failed, LookedUp, Outcome, Pending


@dataclass(frozen=True, slots=True)
class Kind:
    """What the statuses of one kind of object mean for the action that made it."""

    noun: str
    done: frozenset[str]
    failed: Mapping[str, str]
    waiting: str
    """Said while it is PENDING."""


REFUND = Kind(
    "refund",
    frozenset({"COMPLETED"}),
    {
        "FAILED": "The refund failed. No money went back to the customer.",
        "CANCELLED": "The refund was cancelled; no money went back to the customer.",
    },
    "PayPal has accepted the refund; it is paid from a bank account and is not confirmed yet.",
)
CAPTURE = Kind(
    "payment",
    # What was given back later had been taken.
    frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"}),
    {
        "DECLINED": "The payment was declined; no money was taken.",
        "FAILED": "The payment failed; no money was taken.",
    },
    "PayPal has accepted the payment; it is under review or comes from a bank account, and is not confirmed yet.",
)
HOLD = Kind(
    "authorization",
    # What was captured or released later had been held.
    frozenset({"CREATED", "CAPTURED", "PARTIALLY_CAPTURED", "VOIDED"}),
    {"DENIED": "The authorization was denied; nothing is held."},
    "PayPal reviews the authorization; it is not confirmed yet.",
)


def outcome(kind: Kind, made: Mapping[str, Any], action: MoneyAction, *, carried_by: str = "custom_id") -> Outcome:
    """What came of the request that made this object. Raises Declined or Refused where it failed at once.

    PayPal answers a key that it knows with the object of its first use: one with another request's id in the field
    that carries ours is none of this request.
    """
    found = _read(kind, made)
    if found.amount != action.amount or not (made.get(carried_by) is None or is_of(made, action.request_id)):
        raise RequestInvalid("The idempotency key was used before with other parameters.")
    if not isinstance(found, Failed):
        return found
    error = Refused if made.get("status") == "CANCELLED" else Declined
    raise error(_with_reason(found.reason, made), code=str(made.get("status")))


def looked_up(kind: Kind, made: Sequence[Mapping[str, Any]]) -> LookedUp | None:
    """The outcome of one request among what it made: what succeeded before what waits, and that before failures."""
    found = [_read(kind, one) for one in made]
    order = (Done, Pending, Failed)
    return min(found, key=lambda each: order.index(type(each)), default=None)


def is_of(made: Mapping[str, Any], request_id: str) -> bool:
    """Whether an object carries the request id: as its custom_id, or as the last word of its invoice number."""
    own, invoice = made.get("custom_id"), made.get("invoice_id")
    return own == request_id or (isinstance(invoice, str) and invoice.rpartition(" ")[2] == request_id)


def _read(kind: Kind, made: Mapping[str, Any]) -> LookedUp:
    reference, amount, at, status = _checked(kind, made)
    if status in kind.done:
        return Done(reference, amount, at)
    if status in kind.failed:
        return Failed(kind.failed[status], reference, amount)
    unknown = f"PayPal reports the status {status[:40]!r}, which we do not know: the {kind.noun} is looked up again."
    return Pending(kind.waiting if status == "PENDING" else unknown, reference, amount)


def _checked(kind: Kind, made: Mapping[str, Any]) -> tuple[str, Money, datetime, str]:
    """Id, amount, time and status. An answer without them may still stand for something that was made."""
    texts = [made.get(name) for name in ("id", "status", "create_time")]
    if not all(isinstance(text, str) and text for text in texts):
        raise OutcomeUnknown(f"PayPal's answer is no {kind.noun} that can be read: the request must be looked up.")
    try:
        at = datetime.fromisoformat(str(made.get("update_time") or texts[2]))
        amount = from_paypal(made.get("amount"))
    except ValueError:
        raise OutcomeUnknown(f"The {kind.noun} in PayPal's answer has an amount or a time that cannot be.") from None
    if at.tzinfo is None:
        raise OutcomeUnknown(f"The {kind.noun} in PayPal's answer has a time without an offset.")
    return str(texts[0]), amount, at.astimezone(UTC), str(texts[1])


def _with_reason(sentence: str, made: Mapping[str, Any]) -> str:
    """With the code by which a bank says why, where PayPal hands it on."""
    response = made.get("processor_response")
    code = response.get("response_code") if isinstance(response, Mapping) else None
    return f"{sentence} The bank's code is {code}." if isinstance(code, str) and code.isalnum() else sentence
