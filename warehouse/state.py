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
    """Grows with every change of any table: a table is stale when one that it refers to has a higher one."""


def read_states(connection: duckdb.DuckDBPyConnection) -> dict[str, State]:
    """Table name -> its state."""
    rows = connection.execute("SELECT model, fingerprint, mark, version FROM meta.build_state").fetchall()
    return {name: State(fingerprint, mark, version) for name, fingerprint, mark, version in rows}


def write_state(
    connection: duckdb.DuckDBPyConnection, name: str, fingerprint: str, mark: int, *, is_changed: bool = True
) -> None:
    """Remember a table, within the transaction that changes it."""
    connection.execute(
        "INSERT INTO meta.build_state BY NAME SELECT ? AS model, ? AS fingerprint, ? AS mark,"
        " (SELECT coalesce(max(version), 0) + 1 FROM meta.build_state) AS version"
        " ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint, mark = excluded.mark,"
        " version = CASE WHEN ? THEN excluded.version ELSE version END",
        [name, fingerprint, mark, is_changed],
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
