"""What the warehouse remembers of each built table: the text it was built with, how far, and when it last changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True, slots=True)
class State:
    """One row of meta.build_state."""

    fingerprint: str
    mark: int
    """The last load that is inside."""
    version: int
    """Grows with every change of any table: a table is stale when one that it refers to has one above its `taken`."""
    whole_version: int
    """Its version when it was last made whole; what changed since then is told row by row in schema `changes`."""
    taken: int
    """The highest version of any table that was there when it was built."""


def read_states(connection: duckdb.DuckDBPyConnection) -> dict[str, State]:
    """Table name -> its state."""
    rows = connection.execute(
        "SELECT model, fingerprint, mark, version, whole_version, taken FROM meta.build_state"
    ).fetchall()
    return {name: State(*rest) for name, *rest in rows}


def newest_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The version of the last change of any table."""
    (version,) = connection.execute("SELECT coalesce(max(version), 0) FROM meta.build_state").fetchall()[0]
    return int(version)


def next_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The version that the next change of any table gets."""
    return newest_version(connection) + 1


def write_state(
    connection: duckdb.DuckDBPyConnection, name: str, fingerprint: str, mark: int, *, is_whole: bool = True
) -> None:
    """Remember a changed table, within the transaction that changes it."""
    connection.execute(
        "INSERT INTO meta.build_state BY NAME SELECT ? AS model, ? AS fingerprint, ? AS mark,"
        " ? AS version, version AS whole_version, version - 1 AS taken"
        " ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint, mark = excluded.mark,"
        " version = excluded.version, taken = excluded.taken,"
        " whole_version = CASE WHEN ? THEN excluded.version ELSE whole_version END",
        [name, fingerprint, mark, next_version(connection), is_whole],
    )


def write_unchanged(connection: duckdb.DuckDBPyConnection, name: str, mark: int) -> None:
    """Remember that a table was looked at, and nothing that changed below it concerned it."""
    connection.execute(
        "UPDATE meta.build_state SET mark = ?, taken = (SELECT max(version) FROM meta.build_state) WHERE model = ?",
        [mark, name],
    )


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Everything inside happens, or nothing of it."""
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
