"""Imported batches become landed pages: each waiting file of the inbox, in the order in which it came.

A batch was sound when it was taken; it is moved to done/ only after it is safe in landing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import orjson
from filelock import FileLock

from warehouse.landing import LandingWriter


@dataclass(slots=True)
class ImportReport:
    """What became of the batches."""

    batches: int = 0
    unreadable: int = 0
    """Moved to refused/: they are no batches of ours."""
    landed: dict[str, int] = field(default_factory=dict)
    """Account -> objects that were landed."""


@dataclass(frozen=True, slots=True)
class _Batch:
    path: Path
    account: str
    resource: str
    received_at: datetime
    body: bytes
    rows: int


def land_imports(inbox: Path, landing: Path) -> ImportReport:
    """Land every waiting batch; one call at a time. A kill in between lands a batch twice, which merges to the same."""
    report = ImportReport()
    folder = inbox / "import"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".landing.lock"):
        found = sorted((path.stat().st_mtime_ns, path) for path in folder.glob("*/*.json"))
        for _, path in found:
            batch = _read(path)
            if batch is None:
                _move(path, "refused")
                report.unreadable += 1
            else:
                _land(landing, batch, report)
    return report


def _land(landing: Path, batch: _Batch, report: ImportReport) -> None:
    with LandingWriter(landing, batch.account, batch.resource, batch.received_at) as writer:
        writer.add(batch.body)
    _move(batch.path, "done")
    report.batches += 1
    report.landed[batch.account] = report.landed.get(batch.account, 0) + batch.rows


def _read(path: Path) -> _Batch | None:
    body = path.read_bytes()
    try:
        said = orjson.loads(body)
        at = datetime.fromisoformat(said["received_at"])
        return _Batch(path, str(said["account"]), str(said["resource"]), at, body, len(said["data"]))
    except (ValueError, KeyError, TypeError):
        return None


def _move(path: Path, folder: str) -> None:
    target = path.parent / folder
    target.mkdir(exist_ok=True)
    path.replace(target / path.name)
