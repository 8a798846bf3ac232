"""Where a backfill goes on: one small file per account, replaced atomically."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson


@dataclass(frozen=True, slots=True)
class ResourceCursor:
    """How far one resource has been pulled."""

    cursor: str | None
    """Where to go on within the pull that `since` began; None at its beginning or end."""
    since: datetime | None
    """What that pull asks for: all that was created or changed after it; None for everything."""
    done_at: datetime | None
    """When the last whole pull began (UTC): the next one need not look further back than its window before that."""


def read_cursors(landing: Path, account: str) -> dict[str, ResourceCursor]:
    """The cursors of an account by resource; empty before its first pull."""
    path = _path(landing, account)
    if not path.is_file():
        return {}
    return {
        resource: ResourceCursor(entry["cursor"], _time(entry["since"]), _time(entry["done_at"]))
        for resource, entry in orjson.loads(path.read_bytes()).items()
    }


def write_cursor(landing: Path, account: str, resource: str, cursor: ResourceCursor) -> None:
    """Remember one resource's cursor and keep the others. One process pulls an account at a time."""
    path = _path(landing, account)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    everything = {**read_cursors(landing, account), resource: cursor}
    with part.open("wb") as file:
        file.write(orjson.dumps(everything, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _path(landing: Path, account: str) -> Path:
    return landing / account / "_cursor.json"


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
