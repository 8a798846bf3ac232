"""Ingest: charges from a loopback server into DuckDB; ours beside the peers' usual way and beside the limit.

`ingest.stripe` is everything up to the canonical table. The other gateways' figures are their pages, landed and loaded,
beside the same requests asked again with nothing around them, one after the other, on the same stand-in.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from bench.results import Result
from bench.server import KEY, bulk_server, serving
from sandbox.braintree.settings import Settings as BraintreeSettings
from sandbox.custom.api import DEFAULTS as CUSTOM
from sandbox.recurly.api import DEFAULTS as RECURLY
from sandbox.woocommerce.api import DEFAULTS as WOOCOMMERCE

BRAINTREE = BraintreeSettings()
ROWS = 50_000
TRIES = 2
PEER_ROWS = 5_000
"""The usual way is slow and its time grows with the rows, so it runs on fewer, and is reported per row as well."""


BACKFILLS = {
    "braintree": (["sandbox.braintree", "--bulk-charges", "{rows}", "--port"], "charges", 10_000),
    "custom": (["bench.bulk", "custom", "{rows}"], "charges", 10_000),
    "paypal": (["bench.bulk", "paypal", "{rows}"], "transactions", 10_000),
    "recurly": (["bench.bulk", "recurly", "{rows}"], "transactions", 10_000),
    "woocommerce": (["bench.bulk", "woocommerce", "{rows}"], "orders", 5_000),
}
"""Gateway -> (its stand-in, the list, how many rows). WooCommerce's orders are the largest."""
LONG_LISTS = (100_000, 1_000_000)


def run() -> list[Result]:
    """All of them; one after the other, because each takes all of a core."""
    return [*_stripe(), *(_backfill(name) for name in BACKFILLS), *(_memory(rows) for rows in LONG_LISTS)]


def _backfill(name: str) -> Result:
    command, resource, rows = BACKFILLS[name]
    keys = {"braintree": BRAINTREE.secret, "custom": CUSTOM.key, "recurly": RECURLY.key, "woocommerce": WOOCOMMERCE.key}
    key = keys.get(name, "sandbox-client:sandbox-secret")
    with serving([word.format(rows=rows) for word in command], "/") as url:
        found = _pulled(name, url, key, resource, "limit")
    steps = ", ".join(f"{step} {seconds:.2f} s" for step, seconds in found["seconds"].items())
    return Result(
        f"ingest.{name}",
        "rows/s",
        ours=found["rows"] / sum(found["seconds"].values()),
        peer=None,
        limit=found["rows"] / found["limit"],
        load=f"{found['rows']} {resource} over loopback; ours: {steps}; the same requests, raw: {found['limit']:.2f} s",
    )


def _memory(rows: int) -> Result:
    """Peak memory of pulling and loading so many charges; the server makes them up as it goes."""
    with serving(["bench.endless", str(rows)], "/v1/charges") as url:
        found = _pulled("stripe", url, KEY, "charges")
    if found["rows"] != rows:
        raise RuntimeError(f"{rows} charges were served, and {found['rows']} arrived.")
    steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in found["seconds"].items())
    load = f"peak memory (RSS) of pulling and loading {rows:,} charges of 2.5 kB in one process; {steps}"
    return Result(f"ingest.stripe.rss_{rows // 1_000}k", "MB", found["peak_mb"], None, None, load)


def _pulled(name: str, url: str, key: str, resource: str, *more: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.backfill", name, url, key, resource, *more]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _stripe() -> list[Result]:
    """Measure the three ways one after another on the same stand-in."""
    with bulk_server(ROWS) as url:
        # In turns, and the better of both, because other work on the machine disturbs either at random.
        tries = [(_seconds("limit", url, ROWS), _seconds("ours", url, ROWS)) for _ in range(TRIES)]
        limit = min((first for first, _ in tries), key=lambda seconds: sum(seconds.values()))
        ours = min((second for _, second in tries), key=lambda seconds: sum(seconds.values()))
    # The stand-in's list ends where its charges end, so the peer gets a server with fewer.
    with bulk_server(PEER_ROWS) as url:
        peer = _seconds("peer", url, PEER_ROWS)
    steps = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in ours.items())
    load = f"{ROWS} charges of 2.5 kB over loopback; peer {PEER_ROWS}; ours: {steps}"
    return [
        Result(
            "ingest.stripe",
            "rows/s",
            ours=ROWS / sum(ours.values()),
            peer=PEER_ROWS / sum(peer.values()),
            limit=ROWS / sum(limit.values()),
            load=load,
        )
    ]


def _seconds(way: str, url: str, rows: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.one_way", way, url, str(rows)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return seconds
