"""Kill -9 of the worker while it carries a batch out, at named points and at random times: no item twice or lost.

KILL_ITEMS is how many items the batch has (3000 where it is not set), KILL_SEED the seed of the dice; the worker is
killed about once for every 30 items: half of the times while it works, at any moment, half at a named point. The
stand-in has some 1,700 charges that can be used, so a long list holds two parts of each.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from counterfoil.batch_queue import batch_run, results
from counterfoil.batches import BatchItem, BatchRequest
from flows.actions.faults import BATCH_POINTS, POINTS
from tests.actions.batch_stand import AMOUNT, approve, fresh_items, waiting, wish
from tests.actions.conftest import (  # noqa: F401 - fixtures
    bare_stand,
    folder,
    prefect_port,
    prepared,
    sandbox,
    shared_worker,
    zendesk,
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
    items = parts(stand, int(os.environ.get("KILL_ITEMS", "3000")))
    batch = wish(stand, items)
    with stand.worker():
        run_id = waiting(stand, batch)
    approve(stand, batch, run_id)
    kills, rounds = 0, max(3, len(items) // 60)
    for turn in range(rounds):
        wanted = len(items) * (turn + 1) // (rounds + 1)
        killed_under_way(stand, dice, run_id, wanted)
        answer = dice.choice(ANSWERS)
        if answer:
            stand.sandbox.fault(answer, path="/v1/refunds", retry_after=0)
        kills += 1 + killed_at_a_point(stand, dice)
        run = stand.queue.run(run_id)
        assert run is not None
        print(f"killed {kills} times; {run.counts_by_state}", flush=True)
    with stand.worker():
        ended = stand.finished(run_id, 60 + len(items) * 2)
        # What was pending when the batch ended is settled by runs of its own.
        wait_for("every item's end", lambda: unsettled(stand, batch, len(items)) == 0, 180)
    told = results(stand.queue, batch, range(len(items)))
    made = {item.object_id: [refund["amount"] for refund in stand.refunds(item.object_id)] for item in items}
    moved = {
        index: [one for one in made[item.object_id] if one == item.amount_minor] for index, item in enumerate(items)
    }
    doubled = [index for index, amounts in moved.items() if len(amounts) > 1]
    names = {one.index: one.newest.state_name if one.newest else "missing" for one in told}
    lost = [index for index, amounts in moved.items() if (len(amounts) == 1) != (names[index] == "Done")]
    missing = [index for index, name in names.items() if name == "missing"]
    print(ended.state_name, ended.sentence, Counter(names.values()))
    print(
        f"kill test of a batch: {len(items)} items, {kills} kills,"
        f" {len(doubled)} doubled, {len(lost)} lost, {len(missing)} missing"
    )
    assert not doubled and not lost and not missing and ended.state_name == "Done"


def parts(stand: Stand, number: int) -> list[BatchItem]:
    """Items of different amounts, so that those of one charge can be told apart; at most 1,500 charges."""
    whole = fresh_items(stand, min(number, 1_500))
    rounds = range(-(-number // len(whole)))
    return [replace(item, amount_minor=AMOUNT + turn, line=turn) for turn in rounds for item in whole][:number]


def unsettled(stand: Stand, batch: BatchRequest, number: int) -> int:
    """How many items are still pending; asked for seldom, because it reads them all."""
    time.sleep(2)
    stand.queue.create_run("settle/settle", {}, key=f"settle-now-{time.time_ns()}", tags=[])
    told = results(stand.queue, batch, range(number))
    return sum(one.newest is not None and one.newest.state_name == "Pending" for one in told)


def killed_under_way(stand: Stand, dice: random.Random, run_id: str, wanted: int) -> None:
    """Let a worker work until so many items have ended, and kill it a moment later."""

    def is_far_enough() -> bool:
        run = stand.queue.run(run_id)
        assert run is not None
        return run.is_finished or batch_run(run).ended >= wanted

    with stand.worker() as worker:
        wait_for(f"{wanted} items", is_far_enough, 600)
        time.sleep(dice.uniform(0.0, 2.0))
        worker.kill()
        worker.wait()


def killed_at_a_point(stand: Stand, dice: random.Random) -> int:
    """Let a worker die at a named point; 1 where it came to it."""
    with stand.worker(COUNTERFOIL_FAULT=dice.choice((*POINTS, *BATCH_POINTS[:2]))) as worker:
        until = time.monotonic() + 60
        while worker.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        return int(worker.poll() is not None)
