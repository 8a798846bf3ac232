"""Hash chains: each record carries the hash of the one before, so nothing is changed, taken out or put in unseen.

Used for the action workers' journals (files of JSON lines) and for `audit_log` (a table).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterfoil.requests import canonical_bytes

GENESIS = "0" * 64
"""What stands before the first record."""


def digest(value: Mapping[str, Any]) -> str:
    """SHA-256 of a JSON object, hexadecimal; the order of its keys does not count."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def chained(record: Mapping[str, Any], previous_hash: str) -> dict[str, Any]:
    """The record with `previous_hash` and its own `hash`."""
    linked = {**record, "previous_hash": previous_hash}
    return {**linked, "hash": digest(linked)}


def is_intact(record: Mapping[str, Any], previous_hash: str) -> bool:
    """Whether a record is as it was written, and follows the one before it."""
    rest = {name: value for name, value in record.items() if name != "hash"}
    return record.get("previous_hash") == previous_hash and record.get("hash") == digest(rest)


@dataclass(frozen=True, slots=True)
class Journal:
    """One journal file as it was read."""

    worker: str
    records: tuple[dict[str, Any], ...]
    torn: bytes
    """An unfinished last line: what a killed process was writing. Nothing was done after it."""
    unreadable: tuple[int, ...]
    """Numbers (from 1) of lines within the file that are not JSON objects."""

    def broken(self) -> list[int]:
        """Places (from 1) of records that do not fit their hash or the record before."""
        previous, found = GENESIS, []
        for number, record in enumerate(self.records, 1):
            if not is_intact(record, previous) or record.get("n") != number:
                found.append(number)
            previous = str(record.get("hash"))
        return found


def read_journal(path: Path) -> Journal:
    """Read one journal; an unfinished last line is set apart, other unreadable lines are named."""
    whole, _, torn = path.read_bytes().rpartition(b"\n")
    records: list[dict[str, Any]] = []
    unreadable: list[int] = []
    for number, line in enumerate(whole.split(b"\n") if whole else (), 1):
        record = _parsed(line)
        if record is None:
            unreadable.append(number)
        else:
            records.append(record)
    return Journal(path.stem, tuple(records), torn, tuple(unreadable))


def read_journals(folder: Path) -> list[Journal]:
    """All journals of this host, by name."""
    return [read_journal(path) for path in sorted(folder.glob("*.ndjson"))]


def records_of(journals: Iterable[Journal], request_id: str) -> list[dict[str, Any]]:
    """What the journals hold about one request, oldest first."""
    found = [record for journal in journals for record in journal.records if record.get("request_id") == request_id]
    return sorted(found, key=lambda record: str(record.get("at")))


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
