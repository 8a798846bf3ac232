"""Taking or holding money once more from a payment method that PayPal keeps in its vault.

In two steps, as PayPal keeps a key of an order for 6 hours only and has no list of orders. First an order is opened,
which moves nothing; its key is made of the request id, so that opening it again gives the same order. Then that order
is paid, which PayPal does only once, whatever the key. After 6 hours the transaction search has the payment, by the
request id that the order carries as custom_id.
Source: checkout_orders_v2.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from connectors.actions import Authorize, ChargeAgain
from connectors.errors import Declined, ObjectUnknown, OutcomeUnknown, Refused, Unavailable
from connectors.gateways.paypal import outcomes, transactions
from connectors.gateways.paypal.session import Session, amount_of, writing
from connectors.gateways.paypal.shapes import is_id, payments_of
from connectors.outcomes import LookedUp, Outcome

SEARCHED = timedelta(days=20)
"""With the ten days that a search reaches further back it is one span of PayPal's."""
WALLETS = ("paypal", "venmo")
PAID_BEFORE = frozenset({"ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_AUTHORIZED"})

Charging = ChargeAgain | Authorize


@dataclass(frozen=True, slots=True)
class _Way:
    """How an order of one intent is paid, and what that makes."""

    intent: str
    verb: str
    payments: str
    kind: outcomes.Kind
    step: str
    """Of the transaction search."""


_WAYS: dict[str, _Way] = {
    "charge_again": _Way("CAPTURE", "capture", "captures", outcomes.CAPTURE, "moved"),
    "authorize": _Way("AUTHORIZE", "authorize", "authorizations", outcomes.HOLD, "held"),
}


def stored_source(order: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The payment method of an order as the payment source of the next, where PayPal stored it; None where not."""
    source = (order or {}).get("payment_source")
    for name, part in source.items() if isinstance(source, Mapping) else ():
        attributes = part.get("attributes") if isinstance(part, Mapping) else None
        vault = attributes.get("vault") if isinstance(attributes, Mapping) else None
        if not isinstance(vault, Mapping) or not is_id(vault.get("id")) or vault.get("status") not in {None, "VAULTED"}:
            continue
        if name in WALLETS:
            return {name: {"vault_id": vault["id"]}}
        if name == "card":
            initiated = {"payment_initiator": "MERCHANT", "payment_type": "UNSCHEDULED", "usage": "SUBSEQUENT"}
            return {"card": {"vault_id": vault["id"], "stored_credential": initiated}}
    return None


def charge(session: Session, action: Charging, key: str) -> Outcome:
    """Take or hold the amount. Declined where PayPal or the bank said no."""
    way = _WAYS[action.name]
    _, payment = session.payment(action.object_id)
    amount = amount_of(action, payment)
    source = stored_source(session.order_of(payment))
    if source is None:
        raise Refused("PayPal stored no payment method with this payment.", code="NO_VAULT_ID")
    order_id = _opened(session, action, way, amount)
    try:
        path = f"/v2/checkout/orders/{order_id}/{way.verb}"
        paid = session.wire.post(path, {"payment_source": source}, headers=writing(key)).data or {}
    except Refused as error:
        if error.code not in PAID_BEFORE:
            raise
        paid = session.read("orders", order_id)
    made = payments_of(paid, way.payments)
    if made:
        return outcomes.outcome(way.kind, made[0], action)
    if paid.get("status") == "PAYER_ACTION_REQUIRED":
        raise Declined("The bank wants the customer to confirm the payment, so nothing was taken.", code="PAYER_ACTION")
    raise OutcomeUnknown("PayPal's answer shows no payment of the order: it must be looked up.")


def look_up(session: Session, action: Charging) -> LookedUp | None:
    """Find it in the order of the request; where PayPal has forgotten the order's key, in the transaction search."""
    way = _WAYS[action.name]
    try:
        _, payment = session.payment(action.object_id)
    except ObjectUnknown:
        return None
    order = session.read("orders", _opened(session, action, way, amount_of(action, payment)))
    found = payments_of(order, way.payments) or list(_searched(session, action, way))
    return outcomes.looked_up(way.kind, found)


def _opened(session: Session, action: Charging, way: _Way, amount: dict[str, str]) -> str:
    """The id of the request's order: made now, or found again. No money can move by it, whatever the answer."""
    unit = {"amount": amount, "custom_id": action.request_id, "description": f"Charged again: {action.object_id}"}
    body = {"intent": way.intent, "purchase_units": [unit]}
    try:
        opened = session.wire.post("/v2/checkout/orders", body, headers=writing(f"order-{action.request_id}")).data
    except OutcomeUnknown as error:
        raise Unavailable(f"PayPal opened no order, so no money was asked for. {error}", code=error.code) from None
    wanted = (opened or {}).get("id")
    if not is_id(wanted):
        raise Unavailable("PayPal's answer names no order, so no money was asked for.")
    return str(wanted)


def _searched(session: Session, action: Charging, way: _Way) -> Iterator[Mapping[str, Any]]:
    since = session.now() - SEARCHED
    currency = action.amount.currency
    pages = transactions.found(session.reader, since, None, steps=(way.step,), transaction_currency=currency)
    for row in (row for page in pages for row in page.rows):
        info = row.get("transaction_info", {})
        if info.get("custom_field") == action.request_id and is_id(info.get("transaction_id")):
            yield session.read(way.payments, info["transaction_id"])
