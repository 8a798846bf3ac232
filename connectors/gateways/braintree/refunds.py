"""Refunds. Each carries the request id as its order id, so that it is found again when its request key has expired.

Source: developer.paypal.com/braintree/docs/reference/request/transaction/refund, and the SDK's transaction_gateway.py.
"""

from __future__ import annotations

from connectors.actions import Refund
from connectors.errors import ChargeDisputed, ObjectUnknown
from connectors.gateways.braintree.amounts import to_braintree
from connectors.gateways.braintree.calls import Calls, check_currency
from connectors.gateways.braintree.fields import Fields, transaction_fields
from connectors.gateways.braintree.outcomes import looked_up, outcome
from connectors.gateways.braintree.states import is_contested
from connectors.outcomes import LookedUp, Outcome


def refund(calls: Calls, action: Refund, key: str) -> Outcome:
    """The sale is read first: Braintree itself knows no rule about disputes, and looks at no currency."""
    sale = calls.transaction(action.object_id)
    check_currency(sale, action.amount)
    if is_contested(sale["disputes"]):
        raise ChargeDisputed("The payment is disputed; its money is with the card network, so nothing was sent.")
    params = {"amount": to_braintree(action.amount), "api_request_key": key, "order_id": action.request_id}
    made = calls.write(lambda sdk: sdk.transaction.refund(action.object_id, params), "transaction")
    return outcome(transaction_fields(made, is_write=True))


def look_up_refund(calls: Calls, action: Refund) -> LookedUp | None:
    """By its order id: among the sale's refunds, else by a search, for the sale may not name it yet."""
    try:
        refunds = refunds_of(calls, calls.transaction(action.object_id))
    except ObjectUnknown:
        return None
    ours = [each for each in refunds if each["order_id"] == action.request_id]
    return looked_up(ours or _searched(calls, action))


def refunds_of(calls: Calls, sale: Fields) -> list[Fields]:
    """The refunds that a sale names."""
    return [calls.transaction(str(wanted)) for wanted in sale["refund_ids"] or ()]


def _searched(calls: Calls, action: Refund) -> list[Fields]:
    found = calls.with_order_id(action.request_id, "credit")
    return [each for each in found if each["refunded_transaction_id"] == action.object_id]
