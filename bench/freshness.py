"""Freshness: from the POST of a webhook to the published file that shows what changed, through every real process."""

from __future__ import annotations

import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bench.freshness_data import land_history
from bench.freshness_stand import NotReady, Stand, stand
from bench.results import Result
from counterfoil.paths import Paths
from flows.ingest.refreshing import refresh
from warehouse.published import PublishedFile

CHARGES = 100_000
WEBHOOKS = 20
BURST = 100
LIMIT_S = 10.0
"""What is promised: p95 at 100,000 charges."""
GIVE_UP_S = 120.0


def run() -> list[Result]:
    """Publish a history of 100,000 charges, then change single charges, and measure until readers see it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        paths = Paths(folder / "var")
        land_history(paths.landing, CHARGES, datetime.now(UTC))
        began = time.perf_counter()
        refresh(paths, "Europe/Berlin", now=lambda: datetime.now(UTC), only_changes=False, say=lambda _: None)
        rebuilt_s = time.perf_counter() - began
        with stand(folder, CHARGES // 5) as made:
            _one(made, 1, 1)  # connections, imports: paid once in the life of a process
            times = sorted(_one(made, number * 977 % CHARGES, 2_000 + number) for number in range(WEBHOOKS))
            runs, burst_s = _burst(made)
    p95 = times[min(len(times) - 1, round(0.95 * len(times)) - 1)]
    load = (
        f"{CHARGES} charges, {WEBHOOKS} webhooks one by one: p50 {times[len(times) // 2]:.1f} s, max {times[-1]:.1f};"
        f" {BURST} at once: {runs} refreshes, all published after {burst_s:.1f} s; "
        f"peer: loading, building and publishing everything; limit: what is promised; load {os.getloadavg()[0]:.1f}"
    )
    return [Result("freshness.webhook_to_published_p95_s", "s", ours=p95, peer=rebuilt_s, limit=LIMIT_S, load=load)]


def _one(made: Stand, number: int, amount: int) -> float:
    """Seconds from the POST about one changed charge until the published file has its new amount."""
    made.gateway.amounts[number] = amount
    file = PublishedFile(made.paths.published)
    with httpx.Client() as client:
        began = time.perf_counter()
        made.send_webhook(client, number)
        _wait_for(file, {number: amount})
        took = time.perf_counter() - began
    file.close()
    return took


def _burst(made: Stand) -> tuple[int, float]:
    """(refreshes, seconds) of many webhooks that come as fast as one client sends them."""
    before, amounts = made.refreshes(), {number * 31: 5_000 + number for number in range(BURST)}
    made.gateway.amounts.update(amounts)
    file = PublishedFile(made.paths.published)
    with httpx.Client() as client:
        began = time.perf_counter()
        for number in amounts:
            made.send_webhook(client, number)
        _wait_for(file, amounts)
        took = time.perf_counter() - began
    file.close()
    return made.refreshes() - before, took


def _wait_for(file: PublishedFile, amounts: dict[int, int]) -> None:
    wanted = {f"ch_{number:08d}": amount for number, amount in amounts.items()}
    named = ", ".join(f"'{charge_id}'" for charge_id in wanted)
    until = time.monotonic() + GIVE_UP_S
    seen: str | None = None
    while time.monotonic() < until:
        if file.version != seen:
            seen = file.version
            rows = file.rows(f"SELECT charge_id, amount_minor FROM canonical.charges WHERE charge_id IN ({named})")
            if {row["charge_id"]: row["amount_minor"] for row in rows} == wanted:
                return
        time.sleep(0.02)
    raise NotReady(f"What {len(wanted)} webhooks told was not published within {GIVE_UP_S:g} s.")
