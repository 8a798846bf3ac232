"""Refunds of orders: the one place where this stand-in gives money back. No idempotency keys, as in WooCommerce.

Over-refunds, and plugins that fail, are answered with 500, as a real shop does (seen on WooCommerce 11.0.1).
"""

from typing import Any

from sandbox.standin.messages import Json, Turned
from sandbox.standin.store import Change, Store
from sandbox.woocommerce import bodies, shapes, stock
from sandbox.woocommerce.errors import error, missing, not_made
from sandbox.woocommerce.money import counted
from sandbox.woocommerce.plugins import CAN_REFUND, FAILING

KINDS = {"amount": str, "reason": str, "api_refund": bool, "api_restock": bool, "meta_data": list, "line_items": list}


def refund(store: Store, order_id: str, body: bytes) -> Json:
    """POST /orders/{id}/refunds: the new refund."""
    sent = _read(body)
    change = Change(store)
    order = change.get("order", order_id)
    if order is None:
        raise Turned(error(404, "woocommerce_rest_invalid_order_id", "Invalid order ID."))
    amount = _amount(order, sent)
    by_api = bool(sent.get("api_refund", True))
    if by_api:
        _ask_plugin(order)
    made = shapes.refund(store.next_number("order_number"), store.now(), order, amount, str(sent.get("reason") or ""))
    made.update(refunded_payment=by_api, refunded_by=1)
    made["meta_data"] = [{"id": made["id"] * 10 + n, **meta} for n, meta in enumerate(sent.get("meta_data") or ())]
    made["line_items"] = stock.lines_of(order, made["id"], sent.get("line_items") or [])
    if sent.get("api_restock", True):
        stock.put_back(change, made["line_items"])
    enter(change, order, made, store.now())
    change.tell({"topic": "order.updated", "resource": "order", "event": "updated", "body": shapes.shown(order)})
    change.commit()
    return made


def enter(change: Change, order: Json, made: Json, when: int) -> None:
    """Put a refund into the books and onto its order."""
    currency = order["currency"]
    order["refunds"].insert(0, {"id": made["id"], "reason": made["reason"], "total": f"-{made['amount']}"})
    order.update(shapes.modified(when))
    if given_back(order) >= counted(order["total"], currency):
        order["status"] = "refunded"
    change.put("order", order)
    change.put("refund", made)


def given_back(order: Json) -> int:
    """Minor units of an order that went back."""
    return sum(-counted(entry["total"], order["currency"]) for entry in order["refunds"])


def _read(body: bytes) -> dict[str, Any]:
    sent = bodies.read(body, KINDS)
    if "amount" not in sent:
        raise missing("amount")
    return sent


def _amount(order: Json, sent: dict[str, Any]) -> int:
    currency = order["currency"]
    try:
        amount = counted(sent["amount"], currency)
    except ValueError:
        raise not_made("Invalid refund amount.") from None
    if amount < 0:
        raise Turned(error(400, "woocommerce_rest_invalid_order_refund", "Refund amount must be greater than zero."))
    if amount == 0 or amount > counted(order["total"], currency) - given_back(order):
        raise not_made("Invalid refund amount.")
    return amount


def _ask_plugin(order: Json) -> None:
    """The payment plugin gives the money back, or the refund is deleted again."""
    plugin = order["payment_method"]
    if not plugin:
        raise not_made("The payment gateway for this order does not exist.")
    if plugin not in CAN_REFUND:
        raise not_made("The payment gateway for this order does not support automatic refunds.")
    if order["transaction_id"].startswith(FAILING):
        raise not_made("There was a problem initiating a refund: the card issuer could not be reached.")
