"""The one door to warehouse.duckdb. Whoever holds it holds the lock: load, build and publish, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from counterfoil.paths import Paths
from warehouse.locks import WAIT_S, held

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Nothing is fetched from an outside host at run time; icu, json and parquet are built in.
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}

_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS meta;
CREATE SCHEMA IF NOT EXISTS staging;
CREATE SCHEMA IF NOT EXISTS canonical;
CREATE SCHEMA IF NOT EXISTS marts;
CREATE SCHEMA IF NOT EXISTS books;
CREATE SCHEMA IF NOT EXISTS seeds;
CREATE SCHEMA IF NOT EXISTS changes;
CREATE SEQUENCE IF NOT EXISTS meta.load_numbers;
CREATE TABLE IF NOT EXISTS meta.landing_loaded (
    landed_file VARCHAR PRIMARY KEY, load_number BIGINT NOT NULL, seen_at TIMESTAMPTZ NOT NULL);
CREATE TABLE IF NOT EXISTS meta.quarantine (
    gateway VARCHAR, account VARCHAR, resource VARCHAR, object_id VARCHAR, reason VARCHAR, original_text VARCHAR,
    landed_file VARCHAR, line BIGINT, seen_at TIMESTAMPTZ);
CREATE TABLE IF NOT EXISTS meta.build_state (
    model VARCHAR PRIMARY KEY, fingerprint VARCHAR NOT NULL, mark BIGINT NOT NULL, version BIGINT NOT NULL);
ALTER TABLE meta.build_state ADD COLUMN IF NOT EXISTS whole_version BIGINT DEFAULT 0;
ALTER TABLE meta.build_state ADD COLUMN IF NOT EXISTS taken BIGINT DEFAULT 0;
CREATE TABLE IF NOT EXISTS meta.checked (
    name VARCHAR PRIMARY KEY, digest VARCHAR, build_version BIGINT, load_number BIGINT, rows BIGINT, sample JSON);
CREATE TABLE IF NOT EXISTS meta.published_from (version VARCHAR, build_version BIGINT);
"""


def connect(path: Path | str, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file whose sessions count in UTC."""
    connection = duckdb.connect(str(path), read_only=read_only, config=CONFIG)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@contextmanager
def open_warehouse(paths: Paths, *, wait_s: float = WAIT_S) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lock and open the warehouse, made where it is missing. Raises DatabaseBusy."""
    with held(paths.warehouse, wait_s=wait_s):
        connection = connect(paths.warehouse)
        try:
            connection.execute(_SCHEMA)
            yield connection
        finally:
            connection.close()
