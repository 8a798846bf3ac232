"""One resource's part of a batch: landed files into the temporary table `checked`, good rows and bad ones alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.careful import Broken, Incoming, read_carefully
from warehouse.landing import LandedFile
from warehouse.rules import Shape
from warehouse.scan import checked, fast_incoming, incoming_columns

_PLACE = ["landed_path", "position", "line", "original_text", "doubt"]


def read_files(connection: duckdb.DuckDBPyConnection, shape: Shape, files: Sequence[LandedFile]) -> None:
    """Fill `checked` from landed files; columns: see `warehouse.scan.checked`.

    Clean files are read at DuckDB's speed. A file with anything odd in it is read again carefully, by itself.
    """
    paths = [file.path for file in files]
    _make_empty(connection, shape)
    odd = _read_fast(connection, shape, paths)
    odd += [Path(row[0]) for row in connection.execute(_SUSPECT).fetchall()]
    if odd:
        connection.execute("DELETE FROM checked WHERE list_contains($1, landed_path)", [[str(path) for path in odd]])
    for path in odd:
        _read_carefully(connection, shape, path)


_SUSPECT = "SELECT DISTINCT landed_path FROM checked WHERE set_aside_because IS NOT NULL ORDER BY landed_path"


def _make_empty(connection: duckdb.DuckDBPyConnection, shape: Shape) -> None:
    empty = pa.table({name: pa.array([], pa.string()) for name in [*_PLACE, *incoming_columns(shape)]})
    connection.register("nothing_yet", empty)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE checked AS SELECT * REPLACE (position::BIGINT AS position, line::BIGINT AS line)"
        f" FROM ({checked(shape, 'SELECT * FROM nothing_yet')})"
    )
    connection.unregister("nothing_yet")


def _read_fast(connection: duckdb.DuckDBPyConnection, shape: Shape, paths: list[Path]) -> list[Path]:
    """Read all files at once; on an error each by itself. Return those that could not be read."""
    try:
        connection.execute(f"INSERT INTO checked {checked(shape, fast_incoming(shape, paths))}")
    except duckdb.Error:
        if len(paths) == 1:
            return paths
        half = len(paths) // 2
        return [path for part in (paths[:half], paths[half:]) for path in _read_fast(connection, shape, part)]
    return []


def _read_carefully(connection: duckdb.DuckDBPyConnection, shape: Shape, path: Path) -> None:
    entries = list(read_carefully(path, shape))
    objects = [entry for entry in entries if isinstance(entry, Incoming)]
    columns: dict[str, pa.Array[Any]] = {
        "landed_path": pa.array([str(path)] * len(objects), pa.string()),
        "position": pa.array(range(len(objects)), pa.int64()),
        "line": pa.array([entry.line for entry in objects], pa.int64()),
        "original_text": pa.array([entry.original_text for entry in objects], pa.string()),
    }
    for name in ["doubt", *incoming_columns(shape)]:
        columns[name] = pa.array([entry.values[name] for entry in objects], pa.string())
    connection.register("careful_rows", pa.table(columns))
    connection.execute(f"INSERT INTO checked {checked(shape, 'SELECT * FROM careful_rows')}")
    connection.unregister("careful_rows")
    for broken in (entry for entry in entries if isinstance(entry, Broken)):
        connection.execute(
            "INSERT INTO checked (landed_path, line, original_text, set_aside_because) VALUES (?, ?, ?, ?)",
            [str(path), broken.line, broken.original_text, broken.reason],
        )
