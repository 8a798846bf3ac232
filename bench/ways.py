"""Three ways of bringing charges into DuckDB, each a function (url, rows, folder) -> seconds per step.

What each needs is imported, and its dlt has run once, before its clock starts: a worker starts once and loads often.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench.server import KEY

Seconds = dict[str, float]
Way = Callable[[str, int, Path], Seconds]


def ours(url: str, rows: int, folder: Path) -> Seconds:
    """Connector → landing → load (quarantine, newest version, dlt merge) → canonical.charges."""
    import dlt  # noqa: F401 - imported before the clock starts
    import pandas as pd  # noqa: F401 - DuckDB looks for it

    from connectors.gateway import AccountAccess
    from connectors.registry import gateway
    from counterfoil.paths import Paths
    from warehouse.build import build
    from warehouse.landing import land_pages
    from warehouse.load import load_landed

    warm(folder / "warm")
    reader = gateway("stripe").open_reader(AccountAccess("stripe/bench", url, KEY))
    paths = Paths(folder / "cold")
    clock = Clock()
    pages = reader.pages("charges", since=None, cursor=None)
    landed = sum(page.rows for page in land_pages(paths.landing, "stripe/bench", pages))
    clock.lap("fetch and land")
    load_landed(paths)
    clock.lap("load")
    build(paths, reporting_time_zone="UTC", only=frozenset({"canonical.charges"}))
    clock.lap("build")
    reader.close()
    expect(rows, landed, _count(paths.warehouse, "canonical.charges"))
    return clock.laps


def warm(folder: Path) -> None:
    """Load one charge elsewhere: dlt imports much of itself only then, once in a process."""
    from counterfoil.paths import Paths
    from warehouse.landing import LandingWriter
    from warehouse.load import load_landed

    paths = Paths(folder)
    with LandingWriter(paths.landing, "stripe/warm", "charges", datetime.now(UTC)) as writer:
        writer.add(b'{"data":[{"id":"ch_1","amount":1,"currency":"eur","status":"failed","created":1700000000}]}')
    load_landed(paths)


def peer(url: str, rows: int, folder: Path) -> Seconds:
    """The usual way: the SDK's objects, one by one, as dicts into dlt with its default loader."""
    os.environ.update(DLT_DATA_DIR=str(folder), RUNTIME__DLTHUB_TELEMETRY="false", RUNTIME__LOG_LEVEL="ERROR")
    import dlt
    import stripe

    client = stripe.StripeClient(KEY, base_addresses={"api": url})

    def charges() -> Iterator[dict[str, Any]]:
        listed = client.v1.charges.list({"limit": 100})
        for charge in islice(listed.auto_paging_iter(), rows):
            yield charge.to_dict()

    database = folder / "peer.duckdb"
    pipeline = dlt.pipeline(
        "peer", pipelines_dir=str(folder), destination=dlt.destinations.duckdb(str(database)), dataset_name="usual"
    )
    pipeline.run([{"id": 1}], table_name="warm")
    clock = Clock()
    pipeline.run(dlt.resource(charges, name="charges", primary_key="id", write_disposition="merge"))
    clock.lap("everything")
    expect(rows, _count(database, "usual.charges"))
    return clock.laps


def limit(url: str, rows: int, folder: Path) -> Seconds:
    """As little as possible: HTTP, orjson, Arrow, one DuckDB table. No landing, no checks, no versions, no merge."""
    import duckdb
    import httpx
    import orjson
    import pyarrow as pa

    database = folder / "limit.duckdb"
    clock = Clock()
    tables: list[pa.Table] = []
    with httpx.Client(headers={"Authorization": f"Bearer {KEY}"}, timeout=60) as client:
        after: dict[str, str] = {}
        while True:
            page = orjson.loads(client.get(f"{url}/v1/charges", params={"limit": "100", **after}).content)
            tables.append(pa.table(_flat(page["data"])))
            if not page["has_more"]:
                break
            after = {"starting_after": page["data"][-1]["id"]}
    charges = pa.concat_tables(tables)
    with duckdb.connect(str(database)) as connection:
        connection.register("fetched", charges)
        connection.execute("CREATE TABLE charges AS FROM fetched")
    clock.lap("everything")
    expect(rows, _count(database, "charges"))
    return clock.laps


WAYS: dict[str, Way] = {"ours": ours, "peer": peer, "limit": limit}

_PLAIN = (
    "id amount amount_captured amount_refunded currency status captured paid refunded disputed customer payment_intent "
    "balance_transaction failure_code failure_message description receipt_email livemode created"
).split()


def _flat(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """25 columns of a page of charges."""
    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in _PLAIN}
    columns["metadata"] = [str(row["metadata"]) for row in rows]
    columns["method"] = [row["payment_method_details"]["type"] for row in rows]
    columns["brand"] = [row["payment_method_details"]["card"]["brand"] for row in rows]
    columns["last4"] = [row["payment_method_details"]["card"]["last4"] for row in rows]
    columns["email"] = [row["billing_details"]["email"] for row in rows]
    columns["country"] = [row["billing_details"]["address"]["country"] for row in rows]
    return columns


class Clock:
    """Seconds per lap."""

    def __init__(self) -> None:
        self.laps: Seconds = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now


class RowsMissing(RuntimeError):
    """A way did not bring every row, so its figure would mean nothing."""


def expect(rows: int, *found: int) -> None:
    """Raise RowsMissing unless all counts are `rows`."""
    if any(count != rows for count in found):
        raise RowsMissing(f"{rows} charges were served, and {', '.join(map(str, found))} arrived.")


def _count(database: Path, table: str) -> int:
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
