"""Kill -9 of the action worker at named points and at random times, with lost answers on top: no refund twice or lost.

KILL_RUNS is how many actions are put at risk (100 where it is not set), KILL_SEED the seed of the dice.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter

import pytest

from flows.actions.faults import POINTS
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

AT_ONCE = 10
ANSWERS = (None, None, "drop_after", "drop_before", "error_after", "rate_limited")


def test_kill_every_action_happens_exactly_once(bare_stand: Stand) -> None:  # noqa: F811 - the fixture
    dice = random.Random(int(os.environ.get("KILL_SEED", "1")))
    wanted = int(os.environ.get("KILL_RUNS", "100"))
    runs: dict[str, str] = {}
    while len(runs) < wanted:
        runs |= queued(bare_stand, min(AT_ONCE, wanted - len(runs)))
        answer = dice.choice(ANSWERS)
        if answer:
            bare_stand.sandbox.fault(answer, path="/v1/refunds", retry_after=0)
        die_once(bare_stand, dice)
        print(f"{len(runs)} of {wanted} actions queued and killed", flush=True)
    told = outcomes(bare_stand, runs)
    stuck = [run_id for run_id, name in told.items() if name == "stuck"]
    moved = {run_id: len(bare_stand.refunds(charge_id)) for run_id, charge_id in runs.items()}
    doubled = [run_id for run_id, times in moved.items() if times > 1]
    lost = [run_id for run_id, times in moved.items() if (times == 1) != (told[run_id] == "Done")]
    print(Counter(told.values()))
    print(f"kill test: {len(runs)} runs, {len(doubled)} doubled, {len(lost)} lost, {len(stuck)} stuck")
    assert not doubled and not lost and not stuck


def queued(stand: Stand, number: int) -> dict[str, str]:
    """Run id -> charge id of some fresh requests."""
    charges = [stand.charge(at_least=600, at_most=10_000_000) for _ in range(number)]
    return {stand.submit(stand.wish(charge)): charge["id"] for charge in charges}


def die_once(stand: Stand, dice: random.Random) -> None:
    """Let a worker begin and die: at a named point, or at any time."""
    if dice.random() < 0.7:
        with stand.worker(COUNTERFOIL_FAULT=dice.choice(POINTS)) as worker:
            wait_for("the worker's death", lambda: worker.poll() is not None, 60)
        return
    with stand.worker() as worker:
        time.sleep(dice.uniform(0.0, 3.0))
        worker.kill()
        worker.wait()


def outcomes(stand: Stand, runs: dict[str, str]) -> dict[str, str]:
    """What each run says in the end, with a worker that lives."""
    told = {}
    with stand.worker():
        for run_id in runs:
            try:
                told[run_id] = stand.finished(run_id, 90).state_name
            except AssertionError:
                told[run_id] = "stuck"
    return told


def test_a_worker_that_hangs_loses_its_run_and_sends_nothing_when_it_wakes_up(
    bare_stand: Stand,  # noqa: F811 - the fixture
) -> None:
    charge = bare_stand.charge()
    bare_stand.sandbox.fault("slow", method="GET", path=f"/v1/charges/{charge['id']}", seconds=2)
    with bare_stand.worker() as hanging:
        run_id = bare_stand.submit(bare_stand.wish(charge))
        bare_stand.until(run_id, lambda run: run.state_type == "RUNNING")
        hanging.send_signal(signal.SIGSTOP)
        with bare_stand.worker():
            assert bare_stand.finished(run_id, 90).state_name == "Done"
            hanging.send_signal(signal.SIGCONT)
            other = bare_stand.submit(bare_stand.wish(bare_stand.charge()))
            assert bare_stand.finished(other).state_name == "Done"
    asked = [entry for entry in bare_stand.posts() if entry["params"].get("charge") == charge["id"]]
    assert len(asked) == len(bare_stand.refunds(charge["id"])) == 1
