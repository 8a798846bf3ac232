"""What was refunded of a capture. PayPal's capture does not say how much, and it has no list of refunds.

A payment of an order has them inside the order. For payments of subscriptions and invoices the transaction search has
them, up to three hours late; PayPal's own refusal of an over-refund, and the key of 45 days, protect in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.errors import ObjectUnknown
from connectors.gateways.paypal import transactions
from connectors.gateways.paypal.amounts import from_paypal
from connectors.gateways.paypal.shapes import is_id, linked_id, order_id_of, payments_of
from connectors.money import Money

if TYPE_CHECKING:
    from connectors.gateways.paypal.read import PayPalReader

NOTHING_MOVED = frozenset({"CANCELLED", "FAILED"})


def refunds_of(reader: PayPalReader, capture: Mapping[str, Any], *, now: datetime) -> list[Mapping[str, Any]]:
    """All refunds of a capture as PayPal's refund objects, newest or not."""
    order_id = order_id_of(capture)
    order = _order(reader, order_id) if order_id is not None else None
    if order is not None:
        inside = payments_of(order, "refunds")
        return [one for one in inside if linked_id(one, "up", "captures") in {None, capture["id"]}]
    return list(_searched(reader, capture, now))


def refunded(reader: PayPalReader, capture: Mapping[str, Any], captured: Money, *, now: datetime) -> Money:
    """How much of a capture went back or is on its way back."""
    status = capture.get("status")
    if status == "REFUNDED":
        return captured
    if status != "PARTIALLY_REFUNDED" and not _may_have_pending(capture):
        return Money(0, captured.currency)
    total = Money(0, captured.currency)
    for refund in refunds_of(reader, capture, now=now):
        if refund.get("status") not in NOTHING_MOVED:
            total += from_paypal(refund.get("amount"))
    return total


def _may_have_pending(capture: Mapping[str, Any]) -> bool:
    # Whether a capture with only pending refunds is still called COMPLETED is not documented, so an order is asked.
    return capture.get("status") == "COMPLETED" and order_id_of(capture) is not None


def _order(reader: PayPalReader, order_id: str) -> Mapping[str, Any] | None:
    try:
        data: Mapping[str, Any] = reader.wire.get(f"/v2/checkout/orders/{order_id}").data
    except ObjectUnknown:
        return None
    return data


def _searched(reader: PayPalReader, capture: Mapping[str, Any], now: datetime) -> Iterator[Mapping[str, Any]]:
    made = datetime.fromisoformat(str(capture["create_time"]))
    found = transactions.found(reader, made, None, steps=("moved", "pending"), transaction_type="T1107")
    given: set[str] = set()
    for row in (row for page in found for row in page.rows):
        info = row.get("transaction_info", {})
        wanted = info.get("transaction_id")
        if info.get("paypal_reference_id") != capture["id"] or not is_id(wanted) or wanted in given:
            continue
        given.add(wanted)
        yield reader.wire.get(f"/v2/payments/refunds/{wanted}").data
