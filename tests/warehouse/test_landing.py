"""Landing: a file that exists is whole, and a cursor never runs ahead of it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connectors.gateway import Page
from counterfoil.paths import Paths
from tests.warehouse.landed import ACCOUNT, NOW, land
from warehouse.landing import FULL_BYTES, LandingWriter, land_pages, landed_files


def test_a_failed_pull_leaves_no_file(paths: Paths) -> None:
    def fail() -> None:
        with LandingWriter(paths.landing, ACCOUNT, "charges", NOW) as writer:
            writer.add(b"{}")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail()
    assert landed_files(paths.landing) == []
    assert list(paths.landing.rglob("*.part")) == []


def test_a_line_is_one_answer_whatever_line_breaks_it_came_with(paths: Paths) -> None:
    path = land(paths, "charges", b'{\r\n  "object": "list",\n  "data": []\n}', b"{}")
    assert gzip.decompress(path.read_bytes()).splitlines() == [b'{    "object": "list",   "data": [] }', b"{}"]


def test_files_are_listed_by_the_time_they_were_seen(paths: Paths) -> None:
    times = [datetime(2026, 1, day, tzinfo=UTC) for day in (3, 1, 2)]
    for at in times:
        land(paths, "charges", b"{}", seen_at=at)
    found = landed_files(paths.landing)
    assert [file.seen_at for file in found] == sorted(times)
    assert {(file.gateway, file.account, file.resource) for file in found} == {("stripe", "stripe/eu", "charges")}


def test_pages_are_handed_on_only_when_they_are_safe(paths: Paths) -> None:
    def pages() -> Iterator[Page]:
        yield Page("charges", b'{"data": ["' + b"x" * FULL_BYTES + b'"]}', 1, NOW, "a")
        yield Page("charges", b'{"data": []}', 1, NOW, "b")
        raise ConnectionError

    safe = land_pages(paths.landing, ACCOUNT, pages())
    assert next(safe).cursor == "a"
    assert len(landed_files(paths.landing)) == 1
    with pytest.raises(ConnectionError):
        next(safe)
    # What had come is kept; its cursor was not given out, so it is pulled once more.
    assert len(landed_files(paths.landing)) == 2


def test_an_empty_pull_lands_nothing(paths: Paths) -> None:
    assert list(land_pages(paths.landing, ACCOUNT, iter(()))) == []
    assert landed_files(paths.landing) == []
