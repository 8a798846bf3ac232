"""Every known object inside one answer of Braintree, wherever it stands: to load what was recorded elsewhere.

Works on Braintree's XML and on the JSON that `markup` makes of it. An excerpt of an object (the customer inside a
transaction, the transaction inside a dispute) is no object of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from connectors.errors import UnexpectedShape
from connectors.gateways.braintree.markup import read_markup
from connectors.gateways.braintree.resources import resource_of

WHOLE = {
    "charges": ("status", "amount", "currency_iso_code", "created_at", "merchant_account_id"),
    "refunds": ("status", "amount", "currency_iso_code", "created_at", "merchant_account_id"),
    "customers": ("merchant_id", "created_at", "addresses"),
    "subscriptions": ("plan_id", "price", "status", "created_at"),
    "disputes": ("status", "currency_iso_code", "transaction"),
    "plans": ("price", "currency_iso_code", "billing_frequency"),
    "add_ons": ("amount", "kind", "created_at"),
    "discounts": ("amount", "kind", "created_at"),
}
"""What an object always has, and an excerpt of it does not."""


def harvest(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (resource, object as one line of JSON) for every known whole object; the outer one before those inside.

    Raises UnexpectedShape for what is neither whole XML nor JSON. An empty body (Braintree's 404) holds nothing.
    """
    start = body.lstrip()[:1]
    if not start:
        return
    name, answer = read_markup(body.strip()) if start == b"<" else ("", _json(body))
    waiting: list[tuple[str, Any]] = [(name, answer)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            kind = value.get("object", name)
            resource = resource_of(kind, value)
            if resource is not None and _is_whole(resource, value):
                yield resource, orjson.dumps({"object": kind, **value})
            waiting.extend(reversed([(key, inner) for key, inner in value.items() if _may_hold(inner)]))
        elif isinstance(value, list):
            waiting.extend(reversed([("", inner) for inner in value if _may_hold(inner)]))


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnexpectedShape(f"not JSON: {error}") from None


def _is_whole(resource: str, value: dict[str, Any]) -> bool:
    return isinstance(value.get("id"), str) and all(value.get(name) is not None for name in WHOLE[resource])


def _may_hold(value: Any) -> bool:
    return isinstance(value, dict | list)
