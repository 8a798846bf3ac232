"""Every known object inside one answer of PayPal: used to load answers that were recorded elsewhere.

PayPal's objects do not say what they are. They are told by their link to themselves, else by fields that no other has.
Works on list answers, single objects, webhook events, and pages that this connector landed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from connectors.errors import UnexpectedShape
from connectors.gateways.paypal.changes import resource_of
from connectors.gateways.paypal.resources import RESOURCES
from connectors.gateways.paypal.shapes import named, transaction

_BY_ADDRESS = {
    "payments/captures": "captures",
    "payments/authorizations": "authorizations",
    "payments/refunds": "refunds",
    "checkout/orders": "orders",
    "customer/disputes": "disputes",
    "billing/subscriptions": "subscriptions",
    "billing/plans": "plans",
    "catalogs/products": "products",
    "invoicing/invoices": "invoices",
    "notifications/webhooks-events": "events",
}
_BY_FIELDS = (
    ("disputes", {"dispute_id"}),
    ("events", {"event_type", "resource"}),
    ("orders", {"purchase_units", "intent"}),
    ("subscriptions", {"plan_id", "status"}),
    ("plans", {"billing_cycles", "product_id"}),
    ("invoices", {"detail", "status"}),
    ("captures", {"seller_receivable_breakdown"}),
    ("refunds", {"seller_payable_breakdown"}),
)
_BY_TYPE = {resource.object_type: resource.name for resource in RESOURCES}
_SELF = re.compile(r"/v\d/([a-z-]+/[a-z-]+)/([A-Za-z0-9_-]+)$")
_LISTS = ("transaction_details", "items", "plans", "products", "events", "data", "disputes")


def harvest(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (resource, object as one line of JSON); the outer one before those inside.

    Raises UnexpectedShape where the body is not JSON.
    """
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnexpectedShape(f"not JSON: {error}") from None
    waiting: list[Any] = [answer]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            yield from _own(value)
            waiting.extend(reversed(_inside(value)))


def _own(value: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    if value.get("object") == "transaction" and isinstance(value.get("id"), str):
        yield "transactions", orjson.dumps(value)
        return
    if isinstance(value.get("transaction_info"), dict):
        code = str(value["transaction_info"].get("transaction_event_code"))
        status = value["transaction_info"].get("transaction_status")
        # A recorded search does not say what it asked for; authorizations, pending and denied payments move nothing.
        moved = not code.startswith("T13") and status not in {"P", "D"}
        yield "transactions", orjson.dumps(transaction(value, moved_balance=moved))
        return
    resource = _resource_of(value)
    if resource is not None:
        yield resource, orjson.dumps(named(resource, value))


def _resource_of(value: Mapping[str, Any]) -> str | None:
    wanted = value.get("id") or value.get("dispute_id")
    if not isinstance(wanted, str):
        return None
    if value.get("object") in _BY_TYPE:
        return _BY_TYPE[str(value["object"])]
    for link in value.get("links") or ():
        match = _SELF.search(str(link.get("href"))) if isinstance(link, Mapping) and link.get("rel") == "self" else None
        if match and match.group(2) == wanted and match.group(1) in _BY_ADDRESS:
            return _BY_ADDRESS[match.group(1)]
    return next((resource for resource, fields in _BY_FIELDS if fields <= value.keys()), None)


def _inside(value: dict[str, Any]) -> list[Any]:
    """What may hold objects of their own: lists of answers, an order's payments, an event's resource."""
    if value.get("object") == "transaction" or "transaction_info" in value:
        return []
    found = [value[name] for name in _LISTS if isinstance(value.get(name), list) and "detail" not in value]
    if "purchase_units" in value:
        units = [unit for unit in value["purchase_units"] or () if isinstance(unit, dict)]
        found += [list((unit.get("payments") or {}).values()) for unit in units]
    if resource_of(value.get("event_type")) is not None and isinstance(value.get("resource"), dict):
        found.append(value["resource"])
    return found
