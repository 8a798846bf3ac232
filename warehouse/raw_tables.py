"""The raw tables: made by us from the resources' declarations, so that models find every table and column."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse.rules import Shape, quoted, stored_type
from warehouse.state import transaction


def raw_table(shape: Shape) -> str:
    """The raw table's full name."""
    return f"{quoted('raw_' + shape.gateway)}.{quoted(shape.resource.name)}"


def ensure_raw_tables(connection: duckdb.DuckDBPyConnection, shapes: Sequence[Shape]) -> None:
    """Make the tables that are missing, and add the columns that a newer declaration brings."""
    known: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in connection.execute(_COLUMNS).fetchall():
        known.setdefault((schema, table), set()).add(column)
    with transaction(connection):
        for shape in shapes:
            columns = known.get((f"raw_{shape.gateway}", shape.resource.name))
            if columns is None:
                _create(connection, shape)
            else:
                _add_new(connection, shape, columns)


def newest_loads(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Raw table (raw_stripe.charges) -> the highest load number of its rows; 0 where it is empty."""
    tables = connection.execute(
        "SELECT DISTINCT schema_name, table_name FROM duckdb_columns() WHERE database_name = current_database()"
        " AND starts_with(schema_name, 'raw_') AND NOT ends_with(schema_name, '_staging')"
        " AND column_name = 'load_number'"
    ).fetchall()
    parts = [
        f"SELECT '{schema}.{table}', coalesce(max(load_number), 0) FROM {quoted(schema)}.{quoted(table)}"
        for schema, table in tables
    ]
    return dict(connection.execute(" UNION ALL ".join(parts)).fetchall()) if parts else {}


_COLUMNS = """SELECT schema_name, table_name, column_name FROM duckdb_columns()
    WHERE database_name = current_database() AND starts_with(schema_name, 'raw_')"""


def _create(connection: duckdb.DuckDBPyConnection, shape: Shape) -> None:
    columns = "".join(f", {quoted(column.name)} {stored_type(column)}" for column in shape.resource.columns)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted('raw_' + shape.gateway)}")
    connection.execute(
        f"CREATE TABLE {raw_table(shape)} (gateway VARCHAR NOT NULL, account VARCHAR NOT NULL, id VARCHAR NOT NULL,"
        f" seen_at TIMESTAMPTZ, is_deleted BOOLEAN, load_number BIGINT{columns})"
    )


def _add_new(connection: duckdb.DuckDBPyConnection, shape: Shape, known: set[str]) -> None:
    for column in shape.resource.columns:
        if column.name not in known:
            kind = stored_type(column)
            connection.execute(f"ALTER TABLE {raw_table(shape)} ADD COLUMN {quoted(column.name)} {kind}")
