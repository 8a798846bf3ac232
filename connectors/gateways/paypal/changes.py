"""Which objects PayPal's webhook events name. An event says that something changed; the object is read again.

Source: https://developer.paypal.com/api/rest/webhooks/event-names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from connectors.gateways.paypal.shapes import is_id, linked_id, order_id_of

BY_PREFIX = {
    "PAYMENT.CAPTURE.REFUNDED": "refunds",
    "PAYMENT.CAPTURE.REVERSED": "refunds",
    "PAYMENT.CAPTURE.": "captures",
    "PAYMENT.REFUND.": "refunds",
    "PAYMENT.AUTHORIZATION.": "authorizations",
    "PAYMENT.SALE.REFUNDED": "refunds",
    "PAYMENT.SALE.REVERSED": "refunds",
    "PAYMENT.SALE.": "captures",
    "CHECKOUT.ORDER.": "orders",
    "CUSTOMER.DISPUTE.": "disputes",
    "RISK.DISPUTE.": "disputes",
    "BILLING.SUBSCRIPTION.": "subscriptions",
    "BILLING.PLAN.": "plans",
    "CATALOG.PRODUCT.": "products",
    "INVOICING.INVOICE.": "invoices",
}
"""Beginning of an event's type -> resource; the first that fits counts."""


def changed_objects(events: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(resource, id) of what events name, each once."""
    given: set[tuple[str, str]] = set()
    for event in events:
        for found in named_by(event):
            if found not in given:
                given.add(found)
                yield found


def named_by(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The object that an event is about first, then those that changed with it."""
    resource = resource_of(event.get("event_type"))
    changed = event.get("resource")
    if resource is None or not isinstance(changed, Mapping):
        return
    if resource == "invoices" and isinstance(changed.get("invoice"), Mapping):
        changed = changed["invoice"]
    wanted = changed.get("dispute_id") if resource == "disputes" else changed.get("id")
    if is_id(wanted):
        yield resource, str(wanted)
    yield from _with_it(resource, changed)


def _with_it(resource: str, changed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if resource == "refunds":
        capture = linked_id(changed, "up", "captures") or changed.get("sale_id")
        if is_id(capture):
            yield "captures", str(capture)
    order = order_id_of(changed) if resource in {"captures", "authorizations"} else None
    if order is not None:
        yield "orders", order


def resource_of(event_type: object) -> str | None:
    """The raw table of what a type of event is about."""
    if not isinstance(event_type, str):
        return None
    return next((resource for prefix, resource in BY_PREFIX.items() if event_type.startswith(prefix)), None)
