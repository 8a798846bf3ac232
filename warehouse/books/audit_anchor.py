"""Anchors: the log's head written down outside, so that a log rewritten from end to end is seen."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.books.audit import head

FILE = "anchors.ndjson"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The log's head at one time."""

    anchored_at: datetime
    sequence: int
    hash: str


def anchor(books: duckdb.DuckDBPyConnection, place: Path, *, now: datetime) -> Anchor | None:
    """Append the head to `place`/anchors.ndjson, which should be out of reach of whoever can write the books.

    Returns None where nothing was logged since the last anchor.
    """
    sequence, hash_ = head(books)
    known = anchors_at(place)
    if sequence == 0 or (known and known[-1].sequence == sequence and known[-1].hash == hash_):
        return None
    place.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"anchored_at": now.isoformat(), "sequence": sequence, "hash": hash_})
    with (place / FILE).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    books.execute("INSERT INTO anchors VALUES (?, ?, ?, ?)", [now, sequence, hash_, str(place)])
    return Anchor(now, sequence, hash_)


def anchors_at(place: Path) -> list[Anchor]:
    """The anchors of a place, oldest first. Raises ValueError for a line that is none."""
    path = place / FILE
    if not path.is_file():
        return []
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [Anchor(datetime.fromisoformat(one["anchored_at"]), int(one["sequence"]), str(one["hash"])) for one in found]
