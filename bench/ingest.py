"""Ingest: charges from a loopback server into DuckDB; ours beside the peers' usual way and beside the limit."""

from __future__ import annotations

import json
import subprocess
import sys

from bench.results import Result
from bench.server import bulk_server

ROWS = 50_000
TRIES = 2
PEER_ROWS = 5_000
"""The usual way is slow and its time grows with the rows, so it runs on fewer, and is reported per row as well."""


def run() -> list[Result]:
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
