"""The one door to books.duckdb: what cannot be derived again. Short uses, one at a time, migrated on the way in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from counterfoil.paths import Paths
from warehouse.connection import connect
from warehouse.locks import WAIT_S, held

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations" / "books"


class MigrationChanged(RuntimeError):
    """A migration that the books have applied is no longer the text that was applied."""


@contextmanager
def open_books(paths: Paths, *, wait_s: float = WAIT_S) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lock, open and migrate the books, made where they are missing. Raises DatabaseBusy, MigrationChanged."""
    with held(paths.books, wait_s=wait_s):
        connection = connect(paths.books)
        try:
            migrate(connection)
            yield connection
        finally:
            connection.close()


def migrate(connection: duckdb.DuckDBPyConnection, folder: Path = MIGRATIONS) -> None:
    """Apply what is new in `folder`, in the order of the names, each once and each in a transaction of its own."""
    applied = _applied(connection)
    for path in sorted(folder.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        if path.name not in applied:
            _apply(connection, path.name, text, digest)
        elif applied[path.name] != digest:
            raise MigrationChanged(
                f"{path} is not the text that these books have applied. A migration is never changed: "
                "put its old text back, and write the change as a new migration with the next number."
            )


def _applied(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    known = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main' AND table_name = 'migrations'"
    if connection.execute(known).fetchall() == [(0,)]:
        return {}
    return dict(connection.execute("SELECT name, sha256 FROM migrations").fetchall())


def _apply(connection: duckdb.DuckDBPyConnection, name: str, text: str, digest: str) -> None:
    connection.execute("BEGIN")
    try:
        connection.execute(text)
        connection.execute("INSERT INTO migrations VALUES (?, ?, now())", [name, digest])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
