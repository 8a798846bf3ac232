"""Pull one account: everything the first time, later only what changed. Pages land unchanged; nothing is parsed here.

A pull that was killed goes on at its last landed file. Objects change after they were made, so an incremental pull
reads both what is new (lists) and what the gateway's events name as changed. An event is only a hint: the object is
fetched again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock

from connectors.errors import WindowClosed
from connectors.gateway import Gateway, Page, Reader
from flows.ingest.progress import Progress, ResourceProgress
from warehouse.landing import LandingWriter, land_pages

OVERLAP = timedelta(minutes=10)
"""Read again before the last mark: gateways index late, and clocks differ."""
SAVE_EVERY_ROWS = 2_000
"""A killed pull reads at most about this many rows again."""
SIDE_BY_SIDE = 4

Say = Callable[[str], None]


@dataclass(slots=True)
class PullReport:
    """What one pull landed."""

    account: str
    rows: dict[str, int] = field(default_factory=dict)
    """Resource -> rows in the landed pages, versions of the same object counted each."""


def pull(gateway: Gateway, reader: Reader, account: str, landing: Path, *, now: datetime, say: Say) -> PullReport:
    """Land what is new or changed since the last pull. `say` gets one sentence per finished resource.

    Two pulls of one account never run side by side: the second waits for the first, and then finds little to do.
    """
    (landing / account).mkdir(parents=True, exist_ok=True)
    with FileLock(landing / account / "_pull.lock"):
        return _pull(gateway, reader, account, landing, now, say)


def _pull(gateway: Gateway, reader: Reader, account: str, landing: Path, now: datetime, say: Say) -> PullReport:
    progress = Progress(landing, account)
    names = [resource.name for resource in gateway.resources]
    started = {name: progress.of(name).started_at for name in names}
    changed = _changed(reader, [progress.of(name).mark for name in names], account, say)
    report = PullReport(account)

    def one(name: str) -> None:
        report.rows[name] = _pull_resource(reader, account, name, landing, progress, now, is_whole=changed is None)
        say(f"{account}: {name}: {report.rows[name]} rows landed")

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for _ in pool.map(one, names):
            pass
    if changed:
        known = land_objects(reader, account, changed, landing)
        say(f"{account}: {known} changed objects read again")
        for resource, _ in changed:
            report.rows[resource] = report.rows.get(resource, 0) + 1
    for name in names:
        # Lists come newest first: what was made after an interrupted pull began is not behind its cursor.
        progress.save(name, ResourceProgress(complete_up_to=started[name] or now.isoformat()))
    return report


def _changed(reader: Reader, marks: list[datetime | None], account: str, say: Say) -> list[tuple[str, str]] | None:
    """What changed since the oldest mark; None where the gateway no longer knows and everything is read again."""
    finished = [mark for mark in marks if mark is not None]
    if not finished:
        return []
    try:
        return sorted(set(reader.changed(min(finished) - OVERLAP)))
    except WindowClosed as error:
        say(f"{account}: everything is read again: {error}")
        return None


def land_objects(reader: Reader, account: str, objects: Iterable[tuple[str, str]], landing: Path) -> int:
    """Fetch (resource, id) pairs again and land them; return how many the gateway knew."""
    with ExitStack() as stack:
        writers: dict[str, LandingWriter] = {}
        known = 0
        for resource, object_id in objects:
            page = reader.fetch(resource, object_id)
            if page is None:
                continue
            if resource not in writers:
                writers[resource] = stack.enter_context(LandingWriter(landing, account, resource, page.seen_at))
            writers[resource].add(page.body)
            known += 1
        return known


def _pull_resource(
    reader: Reader, account: str, resource: str, landing: Path, progress: Progress, now: datetime, *, is_whole: bool
) -> int:
    before = progress.of(resource)
    started = before.started_at or now.isoformat()
    since = before.mark - OVERLAP if before.mark and not is_whole else None
    rows = saved = 0
    pages = (page for page in _pages(reader, resource, since, before.cursor) if page.rows)
    for page in land_pages(landing, account, pages):
        rows += page.rows
        if rows - saved >= SAVE_EVERY_ROWS:
            progress.save(resource, ResourceProgress(page.cursor, started, before.complete_up_to))
            saved = rows
    return rows


def _pages(reader: Reader, resource: str, since: datetime | None, cursor: str | None) -> Iterator[Page]:
    try:
        yield from reader.pages(resource, since=since, cursor=cursor)
    except WindowClosed:
        if cursor is None:
            raise
        # The object that the cursor names is gone: begin again, what landed twice is merged.
        yield from reader.pages(resource, since=since, cursor=None)
