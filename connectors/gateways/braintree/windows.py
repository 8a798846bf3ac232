"""Searches cut into windows of time, so that none gives more than Braintree lists.

A search names at most 20,000 transactions, or 10,000 of anything else; above that it is silently cut off. So a window
whose search names that many is halved until it does not. The steps are minutes (Braintree adds one to an upper bound,
so neighbours share their edge) or days. A whole batch may settle within one minute: such a window is cut by when its
objects were created.
Source: developer.paypal.com/braintree/docs/reference/general/searching/search-results and .../search-fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import orjson

from connectors.errors import RequestInvalid, UnexpectedShape

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
BEGINNING = datetime(2007, 1, 1, tzinfo=UTC)
"""The year in which Braintree opened: nothing in it is older."""

Span = tuple[datetime, datetime]
Ids = Callable[["Window"], list[str]]


@dataclass(frozen=True, slots=True)
class Window:
    """One search: objects whose field `by` lies in [low, high], that have `also`, and were created within `created`."""

    by: str
    low: datetime
    high: datetime
    step: timedelta = MINUTE
    also: dict[str, object] = field(default_factory=dict)
    created: Span | None = None

    def criteria(self) -> dict[str, object]:
        """The search's criteria; both ends are inclusive at Braintree, in whole steps."""
        inner = {} if self.created is None else {"created_at": {"min": self.created[0], "max": self.created[1]}}
        return {**self.also, self.by: {"min": self.low, "max": self.high}, **inner}

    def halves(self) -> tuple[Window, Window]:
        """The earlier and the later half. Raises UnexpectedShape for what cannot be cut any more."""
        if self.created is None and self.high - self.low >= (2 * MINUTE if self.step == MINUTE else DAY):
            middle = self.low + ((self.high - self.low) // self.step + 1) // 2 * self.step
            before = middle if self.step == MINUTE else middle - DAY
            return replace(self, high=before), replace(self, low=middle)
        low, high = self.created or (BEGINNING, self.high + DAY)
        if self.by == "created_at" or high - low < 2 * MINUTE:
            raise UnexpectedShape(f"Braintree lists only a part of what has {self.by} {self.low:%Y-%m-%d %H:%M}.")
        middle = low + (high - low) // MINUTE // 2 * MINUTE
        return replace(self, created=(low, middle)), replace(self, created=(middle, high))


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor: which search, which window of it, and the last id (or page) of that window that was read."""

    search: int
    low: datetime
    high: datetime
    created: Span | None
    after: str

    def text(self) -> str:
        times = [each.isoformat() for each in (self.low, self.high, *(self.created or ()))]
        return orjson.dumps([self.search, self.after, *times]).decode()

    @classmethod
    def read(cls, cursor: str) -> Place:
        """Raises RequestInvalid for what is no cursor of ours."""
        try:
            search, after, *times = orjson.loads(cursor)
            low, high, *created = (datetime.fromisoformat(each) for each in times)
            return cls(int(search), low, high, (created[0], created[1]) if created else None, str(after))
        except (ValueError, TypeError, IndexError):
            raise RequestInvalid(f"{cursor[:60]!r} is no cursor of a Braintree search.") from None

    def is_in(self, window: Window) -> bool:
        return (self.low, self.high, self.created) == (window.low, window.high, window.created)


def whole(moment: datetime, step: timedelta) -> datetime:
    """The beginning of the minute, or of the day (UTC)."""
    moment = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return moment.replace(hour=0, minute=0) if step == DAY else moment


def listed(searches: list[Window], ids: Ids, cap: int, place: Place | None) -> Iterator[tuple[Place, list[str]]]:
    """(where it stands, ids that are new there, sorted) of one window after the other, from `place` on.

    An id is given once. To keep memory flat, a read of everything, which goes by creation, remembers one window only.
    """
    given: set[str] = set()
    for number, search in enumerate(searches):
        if place is not None and number < place.search:
            continue
        start = place if place is not None and number == place.search else None
        for window, named in _windows(search, ids, cap, start):
            after = start.after if start is not None and start.is_in(window) else ""
            yield (
                Place(number, window.low, window.high, window.created, after),
                sorted({each for each in named if each not in given and each > after}),
            )
            is_everything = len(searches) == 1 and search.by == "created_at"
            given = set(named) if is_everything else given | set(named)


def _windows(search: Window, ids: Ids, cap: int, place: Place | None) -> Iterator[tuple[Window, list[str]]]:
    waiting = [search] if place is None else _from(search, place)
    while waiting:
        window = waiting.pop()
        named = ids(window)
        if len(named) < cap:
            yield window, named
        else:
            earlier, later = window.halves()
            waiting += [later, earlier]


def _from(search: Window, place: Place) -> list[Window]:
    """What is left of a search, the next window last."""
    here = replace(search, low=place.low, high=place.high)
    beyond = place.high + (DAY if search.step == DAY else timedelta(0))
    waiting = [replace(search, low=beyond)] if beyond <= search.high else []
    if place.created is None:
        return [*waiting, here]
    end = (place.created[1], place.high + DAY)
    rest = [replace(here, created=end)] if end[0] < end[1] else []
    return [*waiting, *rest, replace(here, created=place.created)]
