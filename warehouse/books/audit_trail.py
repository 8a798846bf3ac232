"""The audit trail of one installation: what the flow, the commands and the pages call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.paths import Paths
from counterfoil.queue import Queue
from warehouse.books.audit import Logged, logged
from warehouse.books.audit_anchor import Anchor, anchor, anchors_at
from warehouse.books.audit_chain import read_journals
from warehouse.books.audit_export import Exported, export
from warehouse.books.audit_join import Joined, exported_until, join
from warehouse.books.audit_verify import Trail, Verification, compare
from warehouse.books.connection import open_books

OVERLAP = timedelta(hours=6)
"""Runs are read again this far back: one may have ended while the last export read."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one export added, and the anchor that it set."""

    joined: Joined
    anchor: Anchor | None

    def sentence(self) -> str:
        """One line for the run."""
        text = f"{self.joined.from_journals} journal records and {self.joined.from_runs} finished runs were added."
        return f"{text} The head is row {self.anchor.sequence}." if self.anchor else text


def anchor_place(paths: Paths) -> Path:
    """Where anchors go by default. Better is a folder on another machine, or one that is mailed."""
    return paths.exports / "anchors"


def record(paths: Paths, queue: Queue, *, now: datetime, place: Path | None = None) -> Recorded:
    """Join journals and finished runs into the log and anchor its head. `now` in UTC."""
    with open_books(paths) as books:
        until = exported_until(books)
        # Read before the journals: a run is in the log only with everything that its worker wrote.
        runs = queue.finished_runs(since=until - OVERLAP if until else None)
        joined = join(books, read_journals(paths.journal), runs, now=now)
        return Recorded(joined, anchor(books, place or anchor_place(paths), now=now))


def verify(
    paths: Paths, queue: Queue, *, place: Path | None = None, kept_since: datetime | None = None
) -> Verification:
    """Compare runs, journals, log and anchors. `kept_since`: older runs may have been vacuumed; None: none may."""
    # In this order: each copy is fed by the next one, so what is added meanwhile is never taken for missing.
    anchors = anchors_at(place or anchor_place(paths))
    with open_books(paths) as books:
        rows, until = list(logged(books)), exported_until(books)
    journals = read_journals(paths.journal)
    return compare(Trail(rows, journals, queue.all_runs(), anchors, until, kept_since))


def list_entries(paths: Paths, *, since: datetime | None = None, until: datetime | None = None) -> list[Logged]:
    """The log's rows of a period, oldest first."""
    with open_books(paths) as books:
        return list(logged(books, since=since, until=until))


def export_period(
    paths: Paths, folder: Path, key: Ed25519PrivateKey, *, since: datetime, until: datetime, now: datetime
) -> Exported:
    """Write a period as CSV and JSON lines with a signed manifest."""
    with open_books(paths) as books:
        return export(books, folder, key, since=since, until=until, now=now)
