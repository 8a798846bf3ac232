"""Pull one account: everything the first time, later only what changed. Pages land unchanged; nothing is parsed here.

A pull that was killed goes on at its last landed file. Objects change after they were made, so an incremental pull
reads both what is new (lists) and what the gateway's events name as changed. An event is only a hint: the object is
fetched again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock

from connectors.gateway import Gateway, Reader
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
    report = PullReport(account)
    marks = [progress.of(resource.name).mark for resource in gateway.resources]
    started = {resource.name: progress.of(resource.name).started_at for resource in gateway.resources}

    def one(name: str) -> None:
        report.rows[name] = _pull_resource(reader, account, name, landing, progress, now)
        say(f"{account}: {name}: {report.rows[name]} rows landed")

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for _ in pool.map(one, [resource.name for resource in gateway.resources]):
            pass
    finished = [mark for mark in marks if mark is not None]
    if finished:
        _pull_changed(reader, report, landing, min(finished) - OVERLAP, now, say)
    for resource in gateway.resources:
        # Lists come newest first: what was made after an interrupted pull began is not behind its cursor.
        began = started[resource.name] or now.isoformat()
        progress.save(resource.name, ResourceProgress(complete_up_to=began))
    return report


def land_objects(reader: Reader, account: str, objects: Iterable[tuple[str, str]], landing: Path, now: datetime) -> int:
    """Fetch (resource, id) pairs again and land them; return how many the gateway knew."""
    with ExitStack() as stack:
        writers: dict[str, LandingWriter] = {}
        known = 0
        for resource, object_id in objects:
            page = reader.fetch(resource, object_id)
            if page is None:
                continue
            if resource not in writers:
                writers[resource] = stack.enter_context(LandingWriter(landing, account, resource, now))
            writers[resource].add(page.body)
            known += 1
        return known


def _pull_resource(
    reader: Reader, account: str, resource: str, landing: Path, progress: Progress, now: datetime
) -> int:
    before = progress.of(resource)
    started = before.started_at or now.isoformat()
    since = before.mark - OVERLAP if before.mark else None
    rows = saved = 0
    pages = (page for page in reader.pages(resource, since=since, cursor=before.cursor) if page.rows)
    for page in land_pages(landing, account, pages):
        rows += page.rows
        if rows - saved >= SAVE_EVERY_ROWS:
            progress.save(resource, ResourceProgress(page.cursor, started, before.complete_up_to))
            saved = rows
    return rows


def _pull_changed(reader: Reader, report: PullReport, landing: Path, since: datetime, now: datetime, say: Say) -> None:
    changed = sorted(set(reader.changed(since)))
    if changed:
        known = land_objects(reader, report.account, changed, landing, now)
        say(f"{report.account}: {known} changed objects read again")
    for resource, _ in changed:
        report.rows[resource] = report.rows.get(resource, 0) + 1
