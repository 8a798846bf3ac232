"""`audit_log` in the books: appended in one transaction, read in order, hashed over every column."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal

import duckdb

from counterfoil.requests import canonical_bytes
from warehouse.books.audit_chain import GENESIS, chained, is_intact

Source = Literal["run", "journal", "export"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. Amounts are minor units; None where it does not apply."""

    recorded_at: datetime
    request_id: str
    flow_run_id: str
    kind: str
    source: Source
    detail: Mapping[str, Any]
    actor: str | None = None
    role: str | None = None
    action: str | None = None
    account: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    ticket: str | None = None
    amount_minor: int | None = None
    currency: str | None = None
    reason_code: str | None = None
    reason_text: str | None = None
    outcome: str | None = None
    gateway_reference: str | None = None
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry as it stands in the log."""

    sequence: int
    entry: Entry
    previous_hash: str
    hash: str

    def is_intact(self, previous_hash: str) -> bool:
        """Whether the row is as it was written and follows the row before it."""
        record = {**_hashed(self.sequence, self.entry), "previous_hash": self.previous_hash, "hash": self.hash}
        return is_intact(record, previous_hash)


_FIELDS = [field.name for field in fields(Entry)]
_COLUMNS = ["sequence", *_FIELDS, "previous_hash", "hash"]


def append(books: duckdb.DuckDBPyConnection, entries: Iterable[Entry]) -> int:
    """Append entries in one transaction; return how many. `books` comes from `open_books`, which holds the lock."""
    sequence, previous = head(books)
    rows: list[list[Any]] = []
    for entry in entries:
        sequence += 1
        linked = chained(_hashed(sequence, entry), previous)
        row = {**asdict(entry), **linked, "recorded_at": entry.recorded_at}
        rows.append([row[name] for name in _COLUMNS])
        previous = str(linked["hash"])
    if rows:
        marks = ", ".join("?" for _ in _COLUMNS)
        books.execute("BEGIN")
        books.executemany(f"INSERT INTO audit_log ({', '.join(_COLUMNS)}) VALUES ({marks})", rows)  # noqa: S608
        books.execute("COMMIT")
    return len(rows)


def head(books: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    """Sequence and hash of the newest row; 0 and zeros where there is none."""
    row = books.execute("SELECT sequence, hash FROM audit_log ORDER BY sequence DESC LIMIT 1").fetchone()
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def logged(
    books: duckdb.DuckDBPyConnection, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Logged]:
    """The log in order; with `since` and `until` (UTC), what happened from the one to before the other."""
    rows = books.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM audit_log"  # noqa: S608 - our own column names
        " WHERE ($1::TIMESTAMPTZ IS NULL OR recorded_at >= $1) AND ($2::TIMESTAMPTZ IS NULL OR recorded_at < $2)"
        " ORDER BY sequence",
        [since, until],
    ).fetchall()
    for row in rows:
        named = dict(zip(_COLUMNS, row, strict=True))
        values = {name: named[name] for name in _FIELDS}
        values["recorded_at"] = values["recorded_at"].astimezone(UTC)
        values["detail"] = json.loads(values["detail"])
        yield Logged(named["sequence"], Entry(**values), named["previous_hash"], named["hash"])


def _hashed(sequence: int, entry: Entry) -> dict[str, Any]:
    """What the hash covers: every column, in a form that does not depend on how the database keeps it."""
    detail = canonical_bytes(entry.detail).decode()
    when = entry.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    return {**asdict(entry), "sequence": sequence, "detail": detail, "recorded_at": when}
