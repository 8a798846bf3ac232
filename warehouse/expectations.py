"""Great Expectations on what came in: `python -m warehouse.expectations --account stripe/eu --since 2026-11-01`.

Run in a process of its own: importing it takes seconds and half a gigabyte. It looks at landed pages, at most 50,000
rows of each resource, and opens no database of ours; a row that will be set aside shows as a missing value.
Its SQL side does not work on DuckDB (its issue 11579), so it is given pandas frames.
Prints one JSON object; the pages about it are a static site in var/data_docs.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from connectors.gateway import Column, Resource
from connectors.registry import gateway_of
from counterfoil.paths import Paths
from counterfoil.settings import load_settings
from warehouse.batch import read_files
from warehouse.connection import connect
from warehouse.frames import as_frame
from warehouse.landing import landed_files
from warehouse.rules import Shape, quoted

if TYPE_CHECKING:
    import pandas as pd

MAX_ROWS = 50_000
MOSTLY = 0.999
"""Share of rows that must be right: a few bad ones are quarantine's matter, many are a change of shape."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What was expected of one resource's rows, and what of it did not hold."""

    account: str
    resource: str
    rows: int
    is_as_expected: bool
    expectations: int
    failed: tuple[str, ...]
    """Sentences with the column and how many rows fail."""


def incoming_frame(paths: Paths, account: str, resource: Resource, since: datetime) -> pd.DataFrame | None:
    """The newest landed rows of a resource, typed, at most MAX_ROWS, in the columns of which something is expected;
    None where nothing landed since `since`."""
    files = [
        file
        for file in landed_files(paths.landing)
        if (file.account, file.resource) == (account, resource.name) and file.seen_at >= since
    ]
    if not files:
        return None
    shape = Shape(account.partition("/")[0], resource)
    # Each look of Great Expectations at a column copies the whole frame.
    columns = ", ".join(["id", *(quoted(column.name) for column in resource.columns if is_expected(column))])
    connection = connect(":memory:")
    try:
        read_files(connection, shape, files)
        newest_first = "ORDER BY landed_path DESC, position DESC"
        newest = connection.sql(f"SELECT {columns} FROM checked {newest_first} LIMIT {MAX_ROWS}")
        return as_frame(newest.to_arrow_table())
    finally:
        connection.close()


def validate_batch(frames: Iterable[tuple[str, Resource, pd.DataFrame]], docs: Path) -> list[BatchResult]:
    """Validate each (account, resource, rows) by its suite, and write the static site of Data Docs to `docs`."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs.absolute())}
    site = {
        "class_name": "SiteBuilder",
        "store_backend": backend,
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    context.add_data_docs_site("incoming", site)
    source = context.data_sources.add_pandas("incoming")
    results = [_validate(context, source, account, resource, frame) for account, resource, frame in frames]
    context.build_data_docs(site_names=["incoming"])
    return results


def _validate(context: Any, source: Any, account: str, resource: Resource, frame: pd.DataFrame) -> BatchResult:
    import great_expectations as gx

    name = f"{account.replace('/', '-')}-{resource.name}"
    batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("newest rows")
    suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=expectations_of(resource)))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    checkpoint = gx.Checkpoint(name=name, validation_definitions=[definition], actions=[])
    ran = context.checkpoints.add(checkpoint).run(batch_parameters={"dataframe": frame})
    (result,) = ran.run_results.values()
    failed = [_sentence(one) for one in result.results if not one.success]
    return BatchResult(account, resource.name, len(frame), bool(result.success), len(result.results), tuple(failed))


def expectations_of(resource: Resource) -> list[Any]:
    """What is expected of a resource's rows, from the columns that the connector declares."""
    import great_expectations.expectations as gxe

    found: list[Any] = [
        gxe.ExpectTableRowCountToBeBetween(min_value=1, max_value=MAX_ROWS),
        gxe.ExpectColumnValuesToNotBeNull(column="id", mostly=MOSTLY),
    ]
    for column in resource.columns:
        found += _expected(column, gxe)
    return found


def is_expected(column: Column) -> bool:
    """Whether anything is expected of a column."""
    return column.is_required or bool(column.allowed) or column.kind == "currency"


def _expected(column: Column, gxe: Any) -> list[Any]:
    expected: list[Any] = []
    if column.is_required:
        expected.append(gxe.ExpectColumnValuesToNotBeNull(column=column.name, mostly=MOSTLY))
    if column.allowed:
        allowed = sorted(column.allowed)
        expected.append(gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=allowed, mostly=MOSTLY))
    if column.kind == "currency":
        expected.append(gxe.ExpectColumnValuesToMatchRegex(column=column.name, regex="^[A-Z]{3}$", mostly=MOSTLY))
    return expected


def _sentence(result: Any) -> str:
    config = result.expectation_config
    column = config.kwargs.get("column", "the table")
    count = result.result.get("unexpected_count", "?")
    return f"{column}: {config.type.removeprefix('expect_').replace('_', ' ')} does not hold for {count} rows"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m warehouse.expectations", description=__doc__)
    parser.add_argument("--account", required=True, action="append", help="gateway/label; may be given several times")
    parser.add_argument("--since", default="2000-01-01T00:00Z", help="ISO 8601; pages landed from then on")
    asked = parser.parse_args()
    paths = Paths(load_settings().var_dir)
    since = datetime.fromisoformat(asked.since)
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    frames = [
        (account, resource, frame)
        for account in asked.account
        for resource in gateway_of(account).resources
        if (frame := incoming_frame(paths, account, resource, since)) is not None
    ]
    results = validate_batch(frames, paths.data_docs)
    told = {
        "is_as_expected": all(result.is_as_expected for result in results),
        "resources": [asdict(result) for result in results],
        "data_docs": str(paths.data_docs / "index.html"),
    }
    print(orjson.dumps(told).decode())


if __name__ == "__main__":
    main()
