"""PayPal's transaction search as pages: every page of every pass over every span, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.errors import UnexpectedShape
from connectors.gateways.paypal import spans
from connectors.gateways.paypal.errors import NotThereYet, TooManyResults

if TYPE_CHECKING:
    from connectors.gateways.paypal.read import PayPalReader

PAGE_SIZE = 500
READ_AGAIN = timedelta(days=10)
"""Before `since`: a transaction can show three hours late, and a bank payment is pending for up to six working days."""

ALL_STEPS = tuple(spans.PASSES)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one page, when they were asked for, and where to go on."""

    rows: list[dict[str, Any]]
    moved_balance: bool
    seen_at: datetime
    cursor: str | None


def found(
    reader: PayPalReader, since: datetime | None, cursor: str | None, *, steps: tuple[str, ...] = ALL_STEPS, **more: str
) -> Iterator[Found]:
    """Pages of the search; `more` are further filters of PayPal's. The last one has no cursor."""
    now = reader.now()
    oldest = now - spans.OLDEST
    limit = max(oldest, since - READ_AGAIN) if since is not None else oldest
    limit = limit.replace(microsecond=0)
    place: spans.Place | None = spans.parse(cursor, steps) if cursor else spans.first_place(limit, now, steps)
    while place is not None:
        seen_at = reader.now()
        try:
            rows, pages = _page(reader, place, more)
        except TooManyResults:
            if place.end - place.start <= spans.SHORTEST:
                raise
            place = place.halved()
            continue
        following = spans.next_place(place, pages, limit, steps)
        yield Found(rows, place.step == "moved", seen_at, following.cursor() if following else None)
        place = following


def _page(reader: PayPalReader, place: spans.Place, more: dict[str, str]) -> tuple[list[dict[str, Any]], int]:
    params: dict[str, str | int] = {
        "start_date": spans.iso(place.start),
        "end_date": spans.iso(place.end),
        "fields": "all",
        "page_size": PAGE_SIZE,
        "page": place.page,
        **spans.PASSES[place.step],
        **more,
    }
    try:
        data = reader.wire.get("/v1/reporting/transactions", params).data
    except NotThereYet:
        return [], 1
    # A span without transactions has no list at all.
    rows, pages = data.get("transaction_details") or [], data.get("total_pages")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not isinstance(pages, int):
        raise UnexpectedShape("PayPal's answer to the transaction search is no list of transactions.")
    if place.page > pages and rows:
        raise UnexpectedShape("PayPal's transaction search never ends: it gives rows behind its last page.")
    return rows, pages
