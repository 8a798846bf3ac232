"""Payments from a stored payment method, and holds: authorize, capture, void.

A new payment carries the request id as its order id. A capture cannot: an order id sent with it would overwrite the
sale's own. But Braintree captures a sale once only, so the sale itself tells whether it was.
Source: developer.paypal.com/braintree/docs/reference/request/transaction/{sale,submit-for-settlement,void}.
"""

from __future__ import annotations

from typing import Any

from connectors.actions import Authorize, Capture, ChargeAgain, Void
from connectors.errors import ObjectUnknown, Refused
from connectors.gateways.braintree.amounts import from_braintree, to_braintree
from connectors.gateways.braintree.calls import Calls, check_currency
from connectors.gateways.braintree.fields import Fields, transaction_fields
from connectors.gateways.braintree.outcomes import HELD, TAKEN, Goal, last_event_at, looked_up, outcome
from connectors.outcomes import Done, LookedUp, Outcome, Pending

SUBMITTED = frozenset(
    "submitted_for_settlement settling settlement_pending settlement_confirmed settled settlement_declined "
    "settlement_failed".split()
)
"""Statuses that only a captured sale comes to."""
RELEASED = frozenset({"voided", "authorization_expired"})


def charge(calls: Calls, action: ChargeAgain | Authorize, key: str) -> Outcome:
    """Take or hold an amount from the payment method of a sale, at the same merchant account: in the same currency."""
    sale = calls.sale(action.object_id)
    check_currency(sale, action.amount)
    if sale["token"] is None:
        raise Refused("No payment method of the customer was stored with this payment; nothing was sent.")
    params: dict[str, Any] = {
        "amount": to_braintree(action.amount),
        "payment_method_token": sale["token"],
        "merchant_account_id": sale["merchant_account_id"],
        "order_id": action.request_id,
        # The customer is not there to confirm it: banks want to know.
        "transaction_source": "unscheduled",
        "options": {"submit_for_settlement": isinstance(action, ChargeAgain)},
        "api_request_key": key,
    }
    made = calls.write(lambda sdk: sdk.transaction.sale(params), "transaction")
    return outcome(transaction_fields(made, is_write=True), _goal(action))


def look_up_charge(calls: Calls, action: ChargeAgain | Authorize) -> LookedUp | None:
    """By its order id; a declined one is found too."""
    return looked_up(calls.with_order_id(action.request_id, "sale"), _goal(action))


def capture(calls: Calls, action: Capture, key: str) -> Outcome:
    """Submit an authorized sale for settlement, whole or in part; Braintree releases the rest."""
    check_currency(calls.sale(action.object_id), action.amount)
    text, params = to_braintree(action.amount), {"api_request_key": key}
    made = calls.write(lambda sdk: sdk.transaction.submit_for_settlement(action.object_id, text, params), "transaction")
    return outcome(transaction_fields(made, is_write=True), TAKEN)


def look_up_capture(calls: Calls, action: Capture) -> LookedUp | None:
    """Whether the sale was submitted with this amount, whoever did it: it happens to a sale once."""
    sale = _known(calls, action.object_id)
    if sale is None:
        return None
    statuses = {sale["status"], *(event["status"] for event in sale["status_history"])}
    is_ours = from_braintree(sale["amount"], sale["currency_iso_code"]) == action.amount
    return looked_up([sale], TAKEN) if is_ours and statuses & SUBMITTED else None


def void(calls: Calls, action: Void, key: str) -> Outcome:
    """Release a payment that has not settled, as a whole."""
    calls.sale(action.object_id)
    params = {"api_request_key": key}
    made = calls.write(lambda sdk: sdk.transaction.void(action.object_id, params), "transaction")
    sale = transaction_fields(made, is_write=True)
    if sale["status"] not in RELEASED:
        return Pending("Braintree has taken the void, and does not call the payment voided yet.", action.object_id)
    return Done(action.object_id, None, last_event_at(sale))


def look_up_void(calls: Calls, action: Void) -> LookedUp | None:
    """Whether nothing is held any more."""
    sale = _known(calls, action.object_id)
    if sale is None or sale["status"] not in RELEASED:
        return None
    return Done(action.object_id, None, last_event_at(sale))


def _known(calls: Calls, wanted: str) -> Fields | None:
    try:
        return calls.sale(wanted)
    except ObjectUnknown:
        return None


def _goal(action: ChargeAgain | Authorize) -> Goal:
    return TAKEN if isinstance(action, ChargeAgain) else HELD
