"""What was refunded of a capture. PayPal's capture does not say how much, and it has no list of refunds.

A payment of an order has them inside the order. For payments of subscriptions and invoices the transaction search has
them, up to three hours late; PayPal's own refusal of an over-refund, and the key of 45 days, protect in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.gateways.paypal import transactions
from connectors.gateways.paypal.amounts import from_paypal
from connectors.gateways.paypal.shapes import is_id, linked_id, payments_of
from connectors.money import Money

if TYPE_CHECKING:
    from connectors.gateways.paypal.read import PayPalReader

NOTHING_MOVED = frozenset({"CANCELLED", "FAILED"})


def refunds_of(
    reader: PayPalReader, capture: Mapping[str, Any], order: Mapping[str, Any] | None, *, now: datetime
) -> list[Mapping[str, Any]]:
    """All refunds of a capture as PayPal's refund objects, newest or not; `order` is the capture's, if it has one."""
    if order is not None:
        inside = payments_of(order, "refunds")
        return [one for one in inside if linked_id(one, "up", "captures") in {None, capture["id"]}]
    return list(_searched(reader, capture, now))


def refunded(
    reader: PayPalReader,
    capture: Mapping[str, Any],
    order: Mapping[str, Any] | None,
    captured: Money,
    *,
    now: datetime,
) -> Money:
    """How much of a capture went back or is on its way back."""
    status = capture.get("status")
    if status == "REFUNDED":
        return captured
    total = Money(0, captured.currency)
    # Whether a capture with only pending refunds is still called COMPLETED is not documented, so an order is asked.
    if status != "PARTIALLY_REFUNDED" and not (status == "COMPLETED" and order is not None):
        return total
    for refund in refunds_of(reader, capture, order, now=now):
        if refund.get("status") not in NOTHING_MOVED:
            total += from_paypal(refund.get("amount"))
    return total


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
