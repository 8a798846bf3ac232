"""Searches in windows: whatever Braintree cuts off, every id is given once, and an interrupted read goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import RequestInvalid, UnexpectedShape
from connectors.gateways.braintree.windows import BEGINNING, DAY, MINUTE, Place, Window, listed, whole

START = datetime(2026, 1, 1, tzinfo=UTC)
CAP = 5

Objects = dict[str, tuple[datetime, datetime]]
"""Id -> (created, settled)."""


def braintree(objects: Objects, added: timedelta) -> Callable[[Window], list[str]]:
    """A search that is cut off at CAP, in an order of its own; `added` is what the upper bound is widened by."""

    def ids(window: Window) -> list[str]:
        wanted = window.criteria()
        found = []
        for name, (created, settled) in objects.items():
            value = {"created_at": created, "settled_at": settled, "received_date": whole(settled, DAY)}[window.by]
            bounds = wanted[window.by]
            inner = wanted["created_at"] if window.created else {"min": BEGINNING, "max": settled + DAY}
            assert isinstance(bounds, dict) and isinstance(inner, dict)
            widened = timedelta(0) if window.step == DAY else added
            if bounds["min"] <= value <= bounds["max"] + widened and inner["min"] <= created <= inner["max"] + added:
                found.append(name)
        return Random(7).sample(found, len(found))[:CAP]

    return ids


@settings(max_examples=60, deadline=None)
@given(
    minutes=st.lists(
        st.tuples(st.integers(0, 50_000), st.integers(0, 3_000)), max_size=60, unique_by=lambda pair: pair[0]
    ),
    by=st.sampled_from(["created_at", "settled_at", "received_date"]),
    added=st.sampled_from([timedelta(0), timedelta(seconds=59)]),
    stop=st.integers(0, 70),
)
def test_every_id_is_given_once_and_an_interrupted_read_gives_the_rest(
    minutes: list[tuple[int, int]], by: str, added: timedelta, stop: int
) -> None:
    objects = {
        f"id{number:03d}": (START + created * 4 * MINUTE, START + (created * 4 + settled // 1_000 * 1_440) * MINUTE)
        for number, (created, settled) in enumerate(minutes)
    }
    step = DAY if by == "received_date" else MINUTE
    search = Window(by, whole(START, step), whole(START + 400 * DAY, step), step)
    ids = braintree(objects, added)
    given_ids = [each for _, found in listed([search], ids, CAP, None) for each in found]
    assert sorted(given_ids) == sorted(objects)
    read: list[str] = []
    cursor = None
    for place, found in listed([search], ids, CAP, None):
        for each in found:
            if len(read) < stop:
                read.append(each)
                cursor = Place(place.search, place.low, place.high, place.created, each).text()
    rest = listed([search], ids, CAP, Place.read(cursor) if cursor else None)
    assert set(read) | {each for _, found in rest for each in found} == set(objects)


def test_a_batch_that_settled_within_one_minute_is_cut_by_creation() -> None:
    objects = {f"id{number:02d}": (START + number * MINUTE, START + DAY) for number in range(40)}
    search = Window("settled_at", START, START + 2 * DAY)
    places = list(listed([search], braintree(objects, timedelta(0)), CAP, None))
    assert sorted(each for _, found in places for each in found) == sorted(objects)
    assert any(place.created for place, _ in places)


def test_more_than_can_be_listed_of_one_minute_is_an_error_not_a_loss() -> None:
    objects = {f"id{number}": (START, START) for number in range(CAP)}
    with pytest.raises(UnexpectedShape, match="only a part"):
        list(listed([Window("created_at", START, START + DAY)], braintree(objects, timedelta(0)), CAP, None))


def test_an_id_that_several_searches_name_is_given_once() -> None:
    objects = {f"id{number}": (START + number * MINUTE, START + number * MINUTE) for number in range(4)}
    searches = [Window(by, START, START + DAY) for by in ("created_at", "settled_at")]
    found = [each for _, ids in listed(searches, braintree(objects, timedelta(0)), CAP, None) for each in ids]
    assert sorted(found) == sorted(objects)


@pytest.mark.parametrize("cursor", ["", "po_1", "[]", "[1]", '[0, "a", "yesterday", "today"]', "{}", "null"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(RequestInvalid, match="no cursor"):
        Place.read(cursor)


def test_a_cursor_is_read_as_it_was_written() -> None:
    for created in (None, (START, START + DAY)):
        place = Place(3, START, START + DAY, created, "abc")
        assert Place.read(place.text()) == place
