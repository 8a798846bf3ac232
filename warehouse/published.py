"""The read side: the newest published file, read-only, swapped within milliseconds when a newer one is there.

One object serves all threads of a process: each query has its own cursor, and a query that began on the old file ends
on it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from warehouse.connection import connect
from warehouse.frames import as_frame
from warehouse.publish import POINTER, SUFFIX

if TYPE_CHECKING:
    import pandas as pd

Parameters = Sequence[object] | Mapping[str, object]


class NothingPublished(LookupError):
    """There is no published file yet."""


class PublishedFile:
    """The newest published file of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._version: str | None = None
        self._pointer: tuple[int, int] | None = None
        """Inode and time of the pointer that was read last."""

    def rows(self, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """The rows of a query, each column by its name. Raises NothingPublished, duckdb.Error."""
        with closing(self._cursor()) as cursor:
            found = cursor.execute(sql, parameters or None)
            names = [column[0] for column in found.description or []]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def frame(self, sql: str, parameters: Parameters = ()) -> pd.DataFrame:
        """The rows of a query as a frame; whole numbers are Int64. Raises NothingPublished, duckdb.Error."""
        with closing(self._cursor()) as cursor:
            return as_frame(cursor.sql(sql, params=parameters or None).to_arrow_table())

    @property
    def version(self) -> str | None:
        """The version of the file that the next query reads; None before the first publish."""
        try:
            self._newest()
        except NothingPublished:
            return None
        return self._version

    @property
    def as_of(self) -> datetime | None:
        """Everything that happened at the gateways before it is inside, as far as it was pulled; None before that."""
        if self.version is None:
            return None
        (row,) = self.rows("SELECT coalesce(loaded_up_to, published_at) AS at FROM marts.as_of")
        found: datetime = row["at"]
        return found.astimezone(UTC)

    def close(self) -> None:
        """Close the file. A later query opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection, self._version, self._pointer = None, None, None

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._newest().cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        return cursor

    def _newest(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            try:
                found = (self._folder / POINTER).stat()
            except FileNotFoundError:
                raise NothingPublished(f"Nothing is published in {self._folder} yet.") from None
            pointer = (found.st_ino, found.st_mtime_ns)
            if self._connection is None or pointer != self._pointer:
                self._swap()
                self._pointer = pointer
            assert self._connection is not None
            return self._connection

    def _swap(self) -> None:
        version = (self._folder / POINTER).read_text(encoding="utf-8").strip()
        if self._connection is not None and version == self._version:
            return
        # The old connection is not closed here: another thread may be about to take a cursor of it.
        self._connection = connect(self._folder / f"{version}{SUFFIX}", read_only=True)
        self._version = version
