"""Disputes: searched by day, in pages that hold the whole objects. Pages shift while disputes come in, days do not.

Source: the SDK's dispute_gateway.py and dispute_search.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from connectors.errors import UnexpectedShape
from connectors.gateways.braintree.windows import BEGINNING, DAY, Place, Window, whole

CAP = 10_000
UNDECIDED: list[object] = ["open", "disputed", "under_review"]

Ask = Callable[[Window, int], dict[str, Any]]
"""(window, page from 1) -> one answer: total_items, page_size, data."""


def dispute_windows(since: datetime | None, now: datetime) -> list[Window]:
    """All disputes; or those that came in, or whose status took effect, since a day, and those that are undecided."""
    last = whole(now, DAY) + DAY
    if since is None:
        return [Window("received_date", whole(BEGINNING, DAY), last, DAY)]
    first = whole(since, DAY) - DAY
    return [
        Window("received_date", first, last, DAY),
        Window("effective_date", first, last, DAY),
        Window("received_date", whole(BEGINNING, DAY), last, DAY, {"status": UNDECIDED}),
    ]


def dispute_pages(windows: list[Window], ask: Ask, place: Place | None) -> Iterator[tuple[Place, dict[str, Any]]]:
    """(where to go on after it, answer) of every page, from `place` on."""
    for number, window in enumerate(windows):
        if place is None or number > place.search:
            yield from _pages_of(number, window, ask, 1)
        elif number == place.search:
            here = Window(window.by, place.low, place.high, DAY, window.also)
            yield from _pages_of(number, here, ask, int(place.after or 0) + 1)
            if place.high < window.high:
                rest = Window(window.by, place.high + DAY, window.high, DAY, window.also)
                yield from _pages_of(number, rest, ask, 1)


def _pages_of(number: int, window: Window, ask: Ask, page: int) -> Iterator[tuple[Place, dict[str, Any]]]:
    answer = ask(window, page)
    total, size = answer.get("total_items"), answer.get("page_size")
    if not isinstance(total, int) or not isinstance(size, int) or size < 1:
        raise UnexpectedShape("Braintree's answer for disputes is no page of a search.")
    if total >= CAP:
        for half in window.halves():
            yield from _pages_of(number, half, ask, 1)
        return
    while True:
        yield Place(number, window.low, window.high, None, str(page)), answer
        if page * size >= total:
            return
        page += 1
        answer = ask(window, page)
