"""From a webhook to the published file through every real process, also where the warehouse worker is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bench.freshness_data import land_history
from bench.freshness_stand import Stand, stand
from counterfoil.paths import Paths
from flows.ingest.refreshing import refresh
from warehouse.published import PublishedFile

pytestmark = pytest.mark.long

CHARGES = 1_000
WITHIN_S = 60.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("freshness")
    paths = Paths(folder / "var")
    land_history(paths.landing, CHARGES, datetime.now(UTC))
    refresh(paths, "UTC", now=lambda: datetime.now(UTC), only_changes=False, say=lambda _: None)
    with stand(folder, CHARGES // 5) as started:
        yield started


def test_a_burst_of_webhooks_is_published_by_few_refreshes(made: Stand) -> None:
    before = made.refreshes()
    wanted = {number: 7_000 + number for number in range(60)}
    change(made, wanted)
    wait_until_published(made, wanted)
    assert 1 <= made.refreshes() - before <= 6


def test_a_refresh_whose_worker_was_killed_is_made_good_by_the_next_worker(made: Stand) -> None:
    change(made, {100: 8_100})
    wait_until_published(made, {100: 8_100})
    before = made.refreshes()
    wanted = {101: 8_101}
    change(made, wanted)
    # As soon as the run has begun, wherever it is: loading, building or publishing.
    deadline = time.monotonic() + WITHIN_S
    while made.refreshes() == before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(made.warehouse_worker(), signal.SIGKILL)
    with made.another_warehouse_worker():
        wait_until_published(made, wanted)


def change(made: Stand, amounts: dict[int, int]) -> None:
    made.gateway.amounts.update(amounts)
    with httpx.Client(timeout=30) as client:
        for number in amounts:
            made.send_webhook(client, number)


def wait_until_published(made: Stand, amounts: dict[int, int]) -> None:
    file, until = PublishedFile(Path(made.paths.published)), time.monotonic() + WITHIN_S
    named = ", ".join(f"'ch_{number:08d}'" for number in amounts)
    sql = f"SELECT amount_minor FROM canonical.charges WHERE charge_id IN ({named}) ORDER BY 1"
    while [row["amount_minor"] for row in file.rows(sql)] != sorted(amounts.values()):
        assert time.monotonic() < until
        time.sleep(0.05)
    file.close()
