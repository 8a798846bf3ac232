"""PayPal's answers as pages that the load understands: each object gets `object` (what it is) and `id` in front.

Nothing is dropped or changed. A transaction's id is made of what makes it one: PayPal lists two with the same
transaction id, one that moved the balance and one that did not.
Source: reporting_transactions_v1.json, parameter transaction_id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from connectors.errors import UnexpectedShape
from connectors.gateways.paypal.resources import BY_NAME

ID_FIELDS = {"disputes": "dispute_id"}
"""Resource -> where PayPal keeps the id, where that is not `id`."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_id(value: object) -> bool:
    """Whether a value may stand as an id in an address."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def list_page(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One line: a list page of objects that carry `object` and `id`."""
    return orjson.dumps({"object": "list", "data": list(rows)})


def named(resource: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """An object of any resource but transactions, with `object` and `id`. Raises UnexpectedShape without an id."""
    wanted = found.get(ID_FIELDS.get(resource, "id"))
    if not isinstance(wanted, str) or not wanted:
        raise UnexpectedShape(f"One of PayPal's {resource} has no id.")
    return {**found, "object": BY_NAME[resource].object_type, "id": wanted}


def transaction(found: Mapping[str, Any], *, moved_balance: bool) -> dict[str, Any]:
    """A row of the transaction search. Raises UnexpectedShape where it has no transaction id or event code."""
    info = found.get("transaction_info")
    wanted = info.get("transaction_id") if isinstance(info, Mapping) else None
    code = info.get("transaction_event_code") if isinstance(info, Mapping) else None
    if not isinstance(wanted, str) or not isinstance(code, str):
        raise UnexpectedShape("One of PayPal's transactions has no id or no event code.")
    key = f"{wanted}:{code}:{'Y' if moved_balance else 'N'}"
    return {**found, "object": "transaction", "id": key, "balance_affecting": moved_balance}


def linked_id(found: Mapping[str, Any], rel: str, noun: str) -> str | None:
    """The id at the end of a link, such as the capture's in a refund's link `up`: /v2/payments/captures/<id>."""
    links = found.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, Mapping) and link.get("rel") == rel and isinstance(link.get("href"), str):
            match = re.search(rf"/{noun}/([A-Za-z0-9_-]+)$", link["href"])
            if match:
                return match.group(1)
    return None


def order_id_of(payment: Mapping[str, Any]) -> str | None:
    """The order that a capture or an authorization belongs to; None for payments of subscriptions and invoices."""
    related = payment.get("supplementary_data")
    ids = related.get("related_ids") if isinstance(related, Mapping) else None
    found = ids.get("order_id") if isinstance(ids, Mapping) else None
    return found if is_id(found) else None


def payments_of(order: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    """The captures, authorizations or refunds inside an order."""
    found: list[Mapping[str, Any]] = []
    for unit in order.get("purchase_units") or ():
        payments = unit.get("payments") if isinstance(unit, Mapping) else None
        entries = payments.get(kind) if isinstance(payments, Mapping) else None
        found += [entry for entry in entries or () if isinstance(entry, Mapping)]
    return found
