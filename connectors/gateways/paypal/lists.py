"""PayPal's lists as rows and a cursor: disputes, plans, products, invoices, webhook events; each is paged in its way.

A cursor is a page number (plans, products, invoices), a page token (disputes), or the query of the next page (events).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from connectors.errors import RequestInvalid, UnexpectedShape
from connectors.gateways.paypal.spans import iso

if TYPE_CHECKING:
    from connectors.gateways.paypal.read import PayPalReader

EVENTS_LIVE = timedelta(days=30)
DISPUTES_LIVE = timedelta(days=180)
MARGIN = timedelta(minutes=5)
"""Kept from PayPal's limits in time: its clock and ours may differ."""


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of a list, when it was asked for, and where to go on."""

    rows: list[dict[str, Any]]
    seen_at: datetime
    cursor: str | None


def plans(reader: PayPalReader, cursor: str | None) -> Iterator[Rows]:
    """All plans with their prices. Source: billing_subscriptions_v1.json."""
    return _numbered(reader, "/v1/billing/plans", "plans", 20, cursor)


def products(reader: PayPalReader, cursor: str | None) -> Iterator[Rows]:
    """All products. Source: https://developer.paypal.com/docs/api/catalog-products/v1."""
    return _numbered(reader, "/v1/catalogs/products", "products", 20, cursor)


def invoices(reader: PayPalReader, since: datetime | None, cursor: str | None) -> Iterator[Rows]:
    """All invoices; with `since`, those that were made after it. Source: invoicing_v2.json."""
    made = None
    if since is not None:
        made = {
            "creation_date_range": {"start": iso(since), "end": iso(reader.now())},
            "fields": ["items", "payments", "refunds"],
        }
    return _numbered(reader, "/v2/invoicing/invoices", "items", 100, cursor, made)


def disputes(reader: PayPalReader, since: datetime | None, cursor: str | None) -> Iterator[Rows]:
    """Summaries of what changed; PayPal lists 180 days. Source: customer_disputes_v1.json."""
    oldest = reader.now() - DISPUTES_LIVE + MARGIN
    after = max(since, oldest) if since is not None else oldest
    passed = {cursor}
    while True:
        params: dict[str, str | int] = {"update_time_after": iso(after), "page_size": 50}
        if cursor is not None:
            params["next_page_token"] = cursor
        seen_at = reader.now()
        data = reader.wire.get("/v1/customer/disputes", params).data
        token = dict(parse_qsl(urlsplit(_next_link(data)).query)).get("next_page_token")
        if token is not None and token in passed:
            raise UnexpectedShape("PayPal's list of disputes never ends: its next page was there before.")
        passed.add(token)
        cursor = token
        yield Rows(rows_of(data, "items"), seen_at, cursor)
        if cursor is None:
            return


def events(reader: PayPalReader, since: datetime | None, cursor: str | None) -> Iterator[Rows]:
    """Webhook events; PayPal keeps them for 30 days. Source: notifications_webhooks_v1.json."""
    now = reader.now()
    oldest = now - EVENTS_LIVE + MARGIN
    after = max(since, oldest) if since is not None else oldest
    params: dict[str, str | int] = {"start_time": iso(after), "end_time": iso(now + MARGIN), "page_size": 100}
    params = params if cursor is None else dict(parse_qsl(cursor))
    passed: set[str] = set()
    while True:
        seen_at = reader.now()
        data = reader.wire.get("/v1/notifications/webhooks-events", params).data
        rows = rows_of(data, "events")
        query = urlsplit(_next_link(data)).query if rows else ""
        if query in passed:
            raise UnexpectedShape("PayPal's list of events never ends: its next page was there before.")
        passed.add(query)
        yield Rows(rows, seen_at, query or None)
        if not query:
            return
        params = dict(parse_qsl(query))


def rows_of(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The list in an answer; PayPal leaves out an empty one. Raises UnexpectedShape."""
    rows = data.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnexpectedShape(f"PayPal's answer has no list {name}.")
    return rows


def _numbered(
    reader: PayPalReader, path: str, name: str, size: int, cursor: str | None, body: object = None
) -> Iterator[Rows]:
    if cursor is not None and not cursor.isdigit():
        raise RequestInvalid(f"{cursor[:80]!r} is no page number.")
    number = int(cursor or 1)
    while True:
        params: dict[str, str | int] = {"page": number, "page_size": size, "total_required": "true"}
        seen_at = reader.now()
        if body is None:
            data = reader.wire.get(path, params, headers={"Prefer": "return=representation"}).data
        else:
            data = reader.wire.search("/v2/invoicing/search-invoices", params, body).data
        rows = rows_of(data, name)
        # Pages behind the last one are empty, whatever the total said.
        total = data.get("total_pages")
        number = number + 1 if rows and isinstance(total, int) and number < total else 0
        yield Rows(rows, seen_at, str(number) if number else None)
        if not number:
            return


def _next_link(data: Mapping[str, Any]) -> str:
    links = data.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, Mapping) and link.get("rel") == "next" and isinstance(link.get("href"), str):
            return str(link["href"])
    return ""
