"""The last step of a load: Arrow tables into raw_<gateway> through dlt, as parquet, merged on the natural key.

Merging is what makes a load exact after a kill at any instant: the same rows again change nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from counterfoil.paths import Paths

if TYPE_CHECKING:
    from dlt import Pipeline

KEY = ("gateway", "account", "id")


def merge_into_raw(
    connection: duckdb.DuckDBPyConnection, paths: Paths, gateway: str, tables: dict[str, pa.Table]
) -> None:
    """Merge one table per resource into raw_<gateway>. The connection is the warehouse's, its lock held."""
    pipeline = _pipeline(connection, paths, gateway)
    if pipeline.has_pending_data:
        # A load that was killed. Its files are not noted as loaded, so all of it is in these tables again.
        pipeline.abort_packages()
    pipeline.run(_resources(tables), loader_file_format="parquet")


def _pipeline(connection: duckdb.DuckDBPyConnection, paths: Paths, gateway: str) -> Pipeline:
    # dlt reads these when it is imported, which takes a second: only a process that loads pays for it.
    os.environ["DLT_DATA_DIR"] = str(paths.var / "dlt")
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ.setdefault("RUNTIME__LOG_LEVEL", "ERROR")
    # What dlt remembers is in its folder; the raw tables are made by us. Nothing to ask the database for.
    os.environ["RESTORE_FROM_DESTINATION"] = "false"
    # The copy that a merge works on is not kept: the file would be twice as large.
    os.environ["LOAD__TRUNCATE_STAGING_DATASET"] = "true"
    import dlt

    return dlt.pipeline(
        f"load_{gateway}",
        pipelines_dir=str(paths.var / "dlt" / "pipelines"),
        destination=dlt.destinations.duckdb(connection),
        dataset_name=f"raw_{gateway}",
    )


def _resources(tables: dict[str, pa.Table]) -> list[object]:
    import dlt

    return [
        dlt.resource(
            [table],
            name=name,
            write_disposition={"disposition": "merge", "deduplicated": True},
            primary_key=KEY,
            columns=_declared(table),
            schema_contract={"tables": "evolve", "columns": "freeze", "data_type": "freeze"},
        )
        for name, table in tables.items()
    ]


def _declared(table: pa.Table) -> list[dict[str, object]]:
    """The columns as dlt declares them: what is declared may be new, what is only in the data is frozen out."""
    kinds = {pa.string(): "text", pa.int64(): "bigint", pa.bool_(): "bool"}
    return [
        {"name": field.name, "data_type": kinds.get(field.type, "timestamp"), "nullable": field.name not in KEY}
        for field in table.schema
    ]
