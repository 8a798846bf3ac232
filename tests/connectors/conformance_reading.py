"""The part of the conformance suite that pulls: killed, with a clock that is off, nothing there, everything at once."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest

from connectors.errors import WindowClosed
from connectors.gateway import Page, Reader
from flows.ingest import pulling
from flows.ingest.progress import Progress
from flows.ingest.pulling import pull
from tests.connectors.scenes import Scene
from tests.connectors.scripted import scripted
from warehouse import landing as landing_files

NOW = datetime.now(UTC)
MANY = 20_000
"""Objects on one page: more than any gateway gives, and less than what a body may hold."""


class ReadingConformance:
    """The tests. Subclasses give `scene`."""

    paged: ClassVar[str] = "charges"
    """A resource of which the stand-in has several pages."""
    long_list: ClassVar[str] = "charges"
    """A resource whose list is one request a page."""

    def test_a_read_that_was_killed_goes_on_and_misses_nothing(
        self, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pulling, "SAVE_EVERY_ROWS", 1)
        monkeypatch.setattr(landing_files, "FULL_BYTES", 1)
        account, reader = scene.access.account, scene.gateway.open_reader(scene.access)
        one = replace(
            scene.gateway, resources=tuple(each for each in scene.gateway.resources if each.name == self.paged)
        )
        there = {
            wanted for page in reader.pages(self.paged, since=None, cursor=None) for wanted in _ids(scene, page.body)
        }
        with pytest.raises(Killed):
            pull(one, KilledAfter(reader, 1), account, tmp_path, now=NOW, say=lambda _: None)
        progress = Progress(tmp_path, account).of(self.paged)
        assert (progress.cursor is not None, progress.complete_up_to) == (True, None)
        pull(one, reader, account, tmp_path, now=NOW + timedelta(hours=1), say=lambda _: None)
        files = (tmp_path / account / self.paged).glob("*.gz")
        lines = [line for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]
        assert {wanted for line in lines for wanted in _ids(scene, line)} == there
        # What was made while nothing ran is not behind the cursor: the next pull begins where the first one did.
        assert Progress(tmp_path, account).of(self.paged).mark == NOW
        reader.close()

    @pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(minutes=-10), timedelta(days=-400)])
    def test_a_clock_that_is_off_stops_no_read(self, scene: Scene, ahead: timedelta) -> None:
        """`since` is by our clock: ahead of the gateway's, behind it, or long before all that it still knows."""
        reader, since = scene.gateway.open_reader(scene.access), datetime.now(UTC) + ahead
        with suppress(WindowClosed):  # Then everything is read again.
            assert set(reader.changed(since)) == set() or ahead < timedelta()
        for resource in scene.gateway.resources:
            pages = reader.pages(resource.name, since=since, cursor=None)
            assert all(page.resource and page.rows >= 0 for page in islice(pages, 2))
        reader.close()

    def test_an_empty_account_is_empty(self, scene: Scene) -> None:
        with scripted(answer=lambda path: scene.listed(path, [])) as script:
            reader = scene.gateway.open_reader(replace(scene.access, api_base=script.url))
            for resource in scene.gateway.resources:
                for since in (None, datetime.now(UTC) - timedelta(days=1)):
                    assert [
                        page.rows for page in reader.pages(resource.name, since=since, cursor=None) if page.rows
                    ] == []
            assert list(reader.changed(datetime.now(UTC) - timedelta(days=1))) == []
            reader.close()

    def test_one_huge_page_is_read_whole(self, scene: Scene) -> None:
        many = [str(number) for number in range(1, MANY + 1)]
        with scripted(answer=lambda path: scene.listed(path, many)) as script:
            reader = scene.gateway.open_reader(replace(scene.access, api_base=script.url))
            page = next(iter(reader.pages(self.long_list, since=None, cursor=None)))
            assert page.rows == len(set(_ids(scene, page.body))) == MANY
            reader.close()


class Killed(BaseException):
    """What ends a process ends the read."""


class KilledAfter:
    """A reader whose process is killed after so many pages of a list."""

    def __init__(self, reader: Reader, pages: int) -> None:
        self._reader, self._pages = reader, pages

    def pages(self, resource: str, *, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        for number, page in enumerate(self._reader.pages(resource, since=since, cursor=cursor)):
            if number == self._pages:
                raise Killed
            yield page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)


def _ids(scene: Scene, body: bytes) -> list[str]:
    """The ids of the objects in one answer."""
    return [str(orjson.loads(line)["id"]) for _, line in scene.gateway.harvest(body)]
