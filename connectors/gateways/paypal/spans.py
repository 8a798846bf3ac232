"""Where a read of transactions stands: PayPal answers for 31 days at a time, page by page, for three years back.

The newest span comes first. Each span is read in four passes: what moved the balance, and of the rest what a customer
page shows: authorizations, payments that are pending and payments that were denied.
A cursor is "<start>/<end>/<pass>/<page>", times as ISO 8601.
Source: reporting_transactions_v1.json.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from connectors.errors import RequestInvalid

LONGEST = timedelta(days=31)
OLDEST = timedelta(days=3 * 365)
SHORTEST = timedelta(minutes=1)

PASSES: dict[str, dict[str, str]] = {
    "moved": {"balance_affecting_records_only": "Y"},
    "held": {"balance_affecting_records_only": "N", "transaction_type": "T1300"},
    "pending": {"balance_affecting_records_only": "N", "transaction_status": "P"},
    "denied": {"balance_affecting_records_only": "N", "transaction_status": "D"},
}


@dataclass(frozen=True, slots=True)
class Place:
    """One page of one pass over one span; `first` is where the whole read ends."""

    start: datetime
    end: datetime
    step: str
    page: int = 1

    def cursor(self) -> str:
        return f"{iso(self.start)}/{iso(self.end)}/{self.step}/{self.page}"

    def halved(self) -> Place:
        """The later half of a span that holds too much; the earlier half follows by itself."""
        return replace(self, start=self.start + (self.end - self.start) / 2, page=1)


def first_place(since: datetime, now: datetime, steps: tuple[str, ...]) -> Place:
    """Where a read of everything since then begins: at the newest span."""
    return Place(max(since, now - LONGEST), now, steps[0])


def next_place(place: Place, pages: int, since: datetime, steps: tuple[str, ...]) -> Place | None:
    """Where to go on: the next page, the next pass, the span before; None at the end."""
    if place.page < pages:
        return replace(place, page=place.page + 1)
    number = steps.index(place.step)
    if number + 1 < len(steps):
        return Place(place.start, place.end, steps[number + 1])
    if place.start <= since:
        return None
    return Place(max(since, place.start - LONGEST), place.start, steps[0])


def parse(cursor: str, steps: tuple[str, ...]) -> Place:
    """Read a cursor back. Raises RequestInvalid."""
    try:
        start, end, step, page = cursor.split("/")
        found = Place(datetime.fromisoformat(start), datetime.fromisoformat(end), step, int(page))
        is_good = found.start < found.end and found.end - found.start <= LONGEST and found.page > 0
    except ValueError:
        is_good = False
    if not is_good or found.step not in steps:
        raise RequestInvalid(f"{cursor[:80]!r} is no cursor of PayPal's transactions.")
    return found


def iso(at: datetime) -> str:
    """As PayPal wants times: seconds, in UTC."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
