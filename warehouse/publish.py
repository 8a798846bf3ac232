"""Publish: a new file that readers open read-only, then the pointer to it. A failed block check publishes nothing.

With `only_changes` the new file is the last one with what changed replaced, and checks whose tables did not change keep
their result; otherwise everything is checked and written anew, each table in the order in which pages look it up.

A file is written under its own new name, fsynced, and never touched again; `current` names the newest and is replaced
atomically. Readers that still have an older one open keep it. The last three stay.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import orjson

from counterfoil.paths import Paths
from warehouse.check import CheckResult
from warehouse.check_again import run_checks_and_remember
from warehouse.connection import open_warehouse
from warehouse.lookups import index_published
from warehouse.model_files import read_models
from warehouse.patch import BOOKS, base_version, copy_base, patch, remember_published
from warehouse.rules import literal, quoted
from warehouse.state import newest_version

POINTER = "current"
BLOCKED = "blocked.json"
KEEP = 3
ROW_GROUP = 16_384
"""Rows that a reader skips or reads together: an eighth of what is usual, because pages want one person's few rows."""
SUFFIX = ".duckdb"

_SORTED = {
    "canonical.charges": "account, charge_id",
    "canonical.customers": "account, customer_id",
    "canonical.orders": "account, order_id",
    "canonical.line_items": "account, order_id, position",
    "marts.people": "last_seen_at DESC, person_id",
    "marts.customer_timeline": 'person_id, "at"',
    "marts.charge_search": "person_id, created_at",
    "marts.order_search": "person_id, created_at",
    "marts.revenue_by_day": "on_day",
    "books.documents": "issued_at, number",
    "books.audit_log": "sequence",
}
"""Tables in whose order pages look things up: a reader skips the row groups that cannot hold what it wants."""


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What came of it."""

    version: str | None
    """The new file's version; None where a block check failed."""
    is_blocked: bool
    checks: list[CheckResult]


def publish(paths: Paths, *, now: datetime, only_changes: bool = False) -> PublishReport:
    """Check what is built and publish it. The last good file stays where a block check fails. Raises DatabaseBusy."""
    paths.published.mkdir(parents=True, exist_ok=True)
    with open_warehouse(paths) as connection:
        checks = run_checks_and_remember(connection, only_changes=only_changes)
        blocking = [check for check in checks if check.is_blocking]
        if blocking:
            _write_blocked(paths.published, blocking, now)
            return PublishReport(None, True, checks)
        version = f"{now.astimezone(UTC):%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{secrets.token_hex(3)}"
        part = paths.published / f"{version}.part"
        current = _current(paths.published)
        base = base_version(connection, current, paths.published, SUFFIX) if only_changes else None
        if base is not None:
            copy_base(paths.published / f"{current}{SUFFIX}", part)
        _write_file(connection, part, base)
        _write_about(connection, part, version, checks, now)
        _fsync(part)
        remember_published(connection, version, newest_version(connection))
    part.rename(paths.published / f"{version}{SUFFIX}")
    _replace(paths.published / POINTER, version.encode())
    (paths.published / BLOCKED).unlink(missing_ok=True)
    _drop_old(paths.published, version)
    return PublishReport(version, False, checks)


def _current(folder: Path) -> str | None:
    pointer = folder / POINTER
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else None


def _write_file(connection: duckdb.DuckDBPyConnection, part: Path, base: int | None) -> None:
    """The tables that were built; `base`: the build that the file holds already."""
    with _attached(connection, part):
        if base is not None:
            patch(connection, read_models(), base, {name: f" ORDER BY {order}" for name, order in _SORTED.items()})
            return
        for schema in ("canonical", "marts", "books"):
            connection.execute(f"CREATE SCHEMA published.{schema}")
        for name in _tables():
            order = f" ORDER BY {_SORTED[name]}" if name in _SORTED else ""
            connection.execute(f"CREATE TABLE published.{name} AS FROM {name}{order}")
            index_published(connection, name)


def _write_about(
    connection: duckdb.DuckDBPyConnection, part: Path, version: str, checks: list[CheckResult], now: datetime
) -> None:
    """What the file tells of itself: what was set aside, what the checks found, how fresh it is."""
    with _attached(connection, part):
        connection.execute(
            "CREATE OR REPLACE TABLE published.marts.quarantine AS"
            " FROM meta.quarantine ORDER BY seen_at DESC, landed_file, line"
        )
        _write_checks(connection, checks, now)
        connection.execute(f"CREATE OR REPLACE TABLE published.marts.freshness AS {_freshness(connection)}")
        connection.execute(
            "CREATE OR REPLACE TABLE published.marts.as_of AS SELECT ?::TIMESTAMPTZ AS published_at,"
            " max(seen_at) AS loaded_up_to, ? AS version FROM meta.landing_loaded",
            [now, version],
        )


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, part: Path) -> Iterator[None]:
    size = "" if part.exists() else f" (ROW_GROUP_SIZE {ROW_GROUP})"
    connection.execute(f"ATTACH {literal(str(part))} AS published{size}")
    try:
        yield
    finally:
        connection.execute("DETACH published")


def _tables() -> list[str]:
    return [model.name for model in read_models() if not model.is_view] + [*BOOKS]


def _write_checks(connection: duckdb.DuckDBPyConnection, checks: list[CheckResult], now: datetime) -> None:
    connection.execute(
        "CREATE OR REPLACE TABLE published.marts.check_results"
        " (name VARCHAR, severity VARCHAR, rows BIGINT, sentence VARCHAR, sample JSON, checked_at TIMESTAMPTZ)"
    )
    for check in checks:
        sample = orjson.dumps(check.sample, default=str).decode()
        connection.execute(
            "INSERT INTO published.marts.check_results VALUES (?, ?, ?, ?, ?, ?)",
            [check.name, check.severity, check.rows, check.sentence, sample, now],
        )


def _freshness(connection: duckdb.DuckDBPyConnection) -> str:
    """SELECT of how many rows each account has of each resource, and when one was last seen."""
    raw = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database()"
        " AND schema_name LIKE 'raw\\_%' ESCAPE '\\' AND NOT schema_name LIKE '%\\_staging' ESCAPE '\\'"
        " AND NOT table_name LIKE '\\_dlt%' ESCAPE '\\' ORDER BY ALL"
    ).fetchall()
    parts = [
        f"SELECT gateway, account, {literal(table)} AS resource, max(seen_at) AS last_seen_at, count(*) AS rows"
        f" FROM {quoted(schema)}.{quoted(table)} GROUP BY gateway, account"
        for schema, table in raw
    ]
    return " UNION ALL ".join(parts)


def _write_blocked(folder: Path, blocking: list[CheckResult], now: datetime) -> None:
    told = {"at": now.isoformat(), "checks": [asdict(check) for check in blocking]}
    _replace(folder / BLOCKED, orjson.dumps(told, default=str, option=orjson.OPT_INDENT_2))


def _replace(path: Path, text: bytes) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(text)
    _fsync(temporary)
    temporary.replace(path)
    _fsync(path.parent)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _drop_old(folder: Path, newest: str) -> None:
    """Delete all but the last versions, and what a killed publish left. Readers with an old one open keep its data."""
    files = sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: (path.stem == newest, path.name), reverse=True)
    for path in [*files[KEEP:], *folder.glob("*.part*")]:
        path.unlink(missing_ok=True)
