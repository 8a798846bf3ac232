"""A Braintree transaction as an outcome. What Braintree has not called settled (or authorized) is never Done.

Source: developer.paypal.com/braintree/docs/reference/general/statuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.errors import Declined, OutcomeUnknown
from connectors.gateways.braintree.amounts import from_braintree
from connectors.gateways.braintree.states import GIVES_NOTHING_BACK, moment
from connectors.money import Money
from connectors.outcomes import Done, Failed, LookedUp, Outcome, Pending

WAITING = {
    "submitted_for_settlement": "Braintree has accepted it; it settles with the next batch, usually within a day.",
    "settling": "Braintree is settling it.",
    "settlement_pending": "Braintree has sent it on; the processor has not confirmed the settlement yet.",
    "settlement_confirmed": "The processor has confirmed it; Braintree has not called it settled yet.",
    "authorizing": "The customer's bank has not authorized it yet.",
    "authorized": "The customer's bank has authorized it; it has not been submitted for settlement yet.",
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a request wanted of its transaction: the statuses that fulfil it, and what a failure means."""

    reached: frozenset[str]
    nothing: str


REFUNDED = Goal(frozenset({"settled"}), "no money went back to the customer")
TAKEN = Goal(frozenset({"settled"}), "no money was taken from the customer")
HELD = Goal(
    frozenset({"authorized", "submitted_for_settlement", "settling", "settlement_pending", "settlement_confirmed"})
    | {"settled", "settlement_declined", "settlement_failed"},
    "nothing of the customer's money is held",
)
"""An authorization stays a fact when its capture fails later."""


def outcome(made: Mapping[str, Any], goal: Goal = REFUNDED) -> Outcome:
    """What came of the request that made or changed this transaction. Raises Declined where it failed at once."""
    found = _read(made, goal)
    if isinstance(found, Failed):
        raise Declined(found.reason, code=str(made.get("processor_response_code") or made.get("status")))
    return found


def looked_up(found: Sequence[Mapping[str, Any]], goal: Goal = REFUNDED) -> LookedUp | None:
    """The outcome of one request among its transactions: what is done before what waits, and that before failures."""
    order = (Done, Pending, Failed)
    return min((_read(each, goal) for each in found), key=lambda each: order.index(type(each)), default=None)


def last_event_at(made: Mapping[str, Any]) -> datetime:
    """When a transaction came into its status. Raises OutcomeUnknown for an answer without any time."""
    return _checked(made)[2]


def _read(made: Mapping[str, Any], goal: Goal) -> LookedUp:
    reference, amount, at, status = _checked(made)
    if status in goal.reached:
        return Done(reference, amount, at)
    if status in GIVES_NOTHING_BACK or status == "authorization_expired":
        return Failed(_why_failed(status, made, goal.nothing), reference, amount)
    unknown = f"Braintree reports the status {status[:40]!r}, which we do not know: it is looked up again."
    return Pending(WAITING.get(status, unknown), reference, amount)


def _checked(made: Mapping[str, Any]) -> tuple[str, Money, datetime, str]:
    """Id, amount, time of its last status, and status. An answer without them may still stand for money that moved."""
    try:
        reference, status = made["id"], made["status"]
        if not (isinstance(reference, str) and reference and isinstance(status, str) and status):
            raise ValueError("no id or no status")
        at = max((moment(event["timestamp"]) for event in made.get("status_history") or ()), default=None)
        amount = from_braintree(made["amount"], made["currency_iso_code"])
        return reference, amount, at or moment(made["created_at"]), status
    except (KeyError, TypeError, ValueError):
        raise OutcomeUnknown("Braintree's answer is no transaction that can be read: it must be looked up.") from None


def _why_failed(status: str, made: Mapping[str, Any], nothing: str) -> str:
    if status == "voided":
        return f"It was voided before it settled; {nothing}."
    if status == "authorization_expired":
        return f"The authorization has expired; {nothing}."
    said = made.get("processor_settlement_response_text") or made.get("processor_response_text")
    by_bank = f" The bank says: {str(said)[:100]}." if said else ""
    return f"It failed with the status {status}; {nothing}.{by_bank}"
