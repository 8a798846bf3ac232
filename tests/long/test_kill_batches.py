"""Kill -9 of the worker while it carries a batch out, at named points and at random times: no item twice or lost.

KILL_ITEMS is how many items the batch has (3000 where it is not set), KILL_SEED the seed of the dice; the worker is
killed about once for every 30 items.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from counterfoil.batch_queue import results
from flows.actions.faults import BATCH_POINTS, POINTS
from tests.actions.batch_stand import AMOUNT, approve, fresh_items, waiting, wish
from tests.actions.conftest import (  # noqa: F401 - fixtures
    bare_stand,
    folder,
    prefect_port,
    prepared,
    sandbox,
    shared_worker,
)
from tests.actions.stand import Stand, wait_for

pytestmark = pytest.mark.long
ANSWERS = (None, None, "drop_after", "drop_before", "error_after", "rate_limited")


@pytest.fixture
def quick_stand(bare_stand: Stand) -> Stand:  # noqa: F811 - the fixture
    """The stand with a pace that finishes the list within the hour: the rate is bounded elsewhere."""
    path: Path = bare_stand.folder / "counterfoil.toml"
    path.write_text(path.read_text() + "batch_per_minute = 6000\nbatch_at_once = 8\n")
    return bare_stand


def test_kill_a_batch_and_every_item_happens_exactly_once(quick_stand: Stand) -> None:
    stand, dice = quick_stand, random.Random(int(os.environ.get("KILL_SEED", "1")))
    items = fresh_items(stand, int(os.environ.get("KILL_ITEMS", "3000")))
    batch = wish(stand, items)
    with stand.worker():
        run_id = waiting(stand, batch)
    approve(stand, batch, run_id)
    kills = 0
    for _ in range(max(3, len(items) // 30)):
        answer = dice.choice(ANSWERS)
        if answer:
            stand.sandbox.fault(answer, path="/v1/refunds", retry_after=0)
        kills += killed(stand, dice)
        run = stand.queue.run(run_id)
        assert run is not None
        print(f"killed {kills} times; {run.counts_by_state}", flush=True)
        if run.is_finished:
            break
    with stand.worker():
        ended = stand.finished(run_id, 60 + len(items) * 2)
        # What was pending when the batch ended is settled by runs of its own.
        wait_for("every item's end", lambda: unsettled(stand, batch, len(items)) == 0, 180)
    told = results(stand.queue, batch, range(len(items)))
    moved = {one.index: [refund["amount"] for refund in stand.refunds(items[one.index].object_id)] for one in told}
    doubled = [index for index, amounts in moved.items() if len(amounts) > 1]
    names = {one.index: one.newest.state_name if one.newest else "missing" for one in told}
    lost = [index for index, amounts in moved.items() if (amounts == [AMOUNT]) != (names[index] == "Done")]
    missing = [index for index, name in names.items() if name == "missing"]
    print(ended.state_name, ended.sentence, Counter(names.values()))
    print(
        f"kill test of a batch: {len(items)} items, {kills} kills,"
        f" {len(doubled)} doubled, {len(lost)} lost, {len(missing)} missing"
    )
    assert not doubled and not lost and not missing and ended.state_name == "Done"


def unsettled(stand: Stand, batch: object, number: int) -> int:
    """How many items are still pending; asked for seldom, because it reads them all."""
    time.sleep(2)
    stand.queue.create_run("settle/settle", {}, key=f"settle-now-{time.time_ns()}", tags=[])
    told = results(stand.queue, batch, range(number))  # type: ignore[arg-type]
    return sum(one.newest is not None and one.newest.state_name == "Pending" for one in told)


def killed(stand: Stand, dice: random.Random) -> int:
    """Let a worker begin and die: at a named point, or at any time. 1 where it died of it."""
    if dice.random() < 0.6:
        with stand.worker(COUNTERFOIL_FAULT=dice.choice((*POINTS, *BATCH_POINTS))) as worker:
            until = time.monotonic() + 60
            while worker.poll() is None and time.monotonic() < until:
                time.sleep(0.1)
            return int(worker.poll() is not None)
    with stand.worker() as worker:
        time.sleep(dice.uniform(0.5, 6.0))
        worker.kill()
        worker.wait()
        return 1
