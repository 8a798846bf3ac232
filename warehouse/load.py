"""Load: landed files that are new, into quarantine or raw_<gateway>. Costs what is new; exact after a kill anywhere.

Order of a batch: set the bad rows aside, merge the good ones, note the files as loaded. Each step may be repeated: a
batch that was killed before its last step runs again as a whole, and merging or setting aside again adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import duckdb
import pyarrow as pa

from connectors.registry import resources_of
from counterfoil.paths import Paths
from warehouse.batch import read_files
from warehouse.connection import open_warehouse
from warehouse.into_dlt import merge_into_raw
from warehouse.landing import LandedFile, landed_files
from warehouse.newest import rows_to_merge, set_aside
from warehouse.raw_tables import ensure_raw_tables
from warehouse.rules import Shape
from warehouse.unknown import set_unknown_aside

BATCH_BYTES = 250_000_000
"""Raw bytes of landed files in one batch: about 100,000 charges. Memory follows it, not how much has landed."""


@dataclass(slots=True)
class LoadReport:
    """What one load did."""

    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(account, resource) -> rows merged: new objects and newer versions of known ones."""
    quarantined: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(account, resource, reason) -> rows set aside."""
    files: int = 0


def load_landed(paths: Paths, *, progress: Callable[[str], None] = lambda _: None) -> LoadReport:
    """Load every landed file that is not loaded yet. Raises DatabaseBusy."""
    report = LoadReport()
    with open_warehouse(paths) as connection:
        for gateway, files in _new_files(connection, paths):
            for batch in _batches(files):
                _load_batch(connection, paths, gateway, batch, report)
                progress(f"{gateway}: loaded {report.files} files, {report.rows.total()} rows")
    return report


def _new_files(connection: duckdb.DuckDBPyConnection, paths: Paths) -> Iterator[tuple[str, list[LandedFile]]]:
    loaded = {row[0] for row in connection.execute("SELECT landed_file FROM meta.landing_loaded").fetchall()}
    new = sorted(landed_files(paths.landing, but=loaded), key=lambda file: file.gateway)
    for name, files in groupby(new, key=lambda file: file.gateway):
        yield name, list(files)


def _batches(files: Sequence[LandedFile]) -> Iterator[list[LandedFile]]:
    batch: list[LandedFile] = []
    size = 0
    for file in files:
        batch.append(file)
        size += file.raw_bytes()
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _load_batch(
    connection: duckdb.DuckDBPyConnection, paths: Paths, gateway: str, batch: list[LandedFile], report: LoadReport
) -> None:
    load_number = _next_load_number(connection)
    _register_files(connection, batch)
    report.quarantined.update(set_unknown_aside(connection, gateway, batch))
    resources = resources_of(gateway)
    ensure_raw_tables(connection, [Shape(gateway, resource) for resource in resources])
    tables: dict[str, pa.Table] = {}
    for resource in resources:
        files = [file for file in batch if file.resource == resource.name]
        if files:
            shape = Shape(gateway, resource)
            read_files(connection, shape, files)
            report.quarantined.update(set_aside(connection, shape))
            table = connection.sql(rows_to_merge(shape, load_number)).to_arrow_table()
            tables |= {resource.name: table} if table.num_rows else {}
    if tables:
        merge_into_raw(connection, paths, gateway, tables)
    _note_as_loaded(connection, load_number)
    for name, table in tables.items():
        report.rows.update((str(account), name) for account in table.column("account").to_pylist())
    report.files += len(batch)


def _next_load_number(connection: duckdb.DuckDBPyConnection) -> int:
    """A new number for each try, committed at once: what a killed try merged is never taken for a later one's."""
    (number,) = connection.execute("SELECT nextval('meta.load_numbers')").fetchall()[0]
    return int(number)


def _register_files(connection: duckdb.DuckDBPyConnection, batch: list[LandedFile]) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE batch_files"
        " (landed_path VARCHAR, landed_file VARCHAR, account VARCHAR, seen_at TIMESTAMPTZ)"
    )
    table = pa.table(
        {
            "landed_path": [str(file.path) for file in batch],
            "landed_file": [file.name for file in batch],
            "account": [file.account for file in batch],
            "seen_at": pa.array([file.seen_at for file in batch], pa.timestamp("us", tz="UTC")),
        }
    )
    connection.register("batch_table", table)
    connection.execute("INSERT INTO batch_files SELECT * FROM batch_table")
    connection.unregister("batch_table")


def _note_as_loaded(connection: duckdb.DuckDBPyConnection, load_number: int) -> None:
    connection.execute("INSERT INTO meta.landing_loaded SELECT landed_file, ?, seen_at FROM batch_files", [load_number])
