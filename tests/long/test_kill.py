"""Kill -9 of the action worker at every named place and at random times, with everything else going wrong as well: no
action of any gateway happens twice, none is lost, none hangs.

KILL_RUNS is how many actions are put at risk (100 where it is not set), KILL_SEED the seed of the dice.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from pathlib import Path

import pytest

from counterfoil.requests import utc_now
from flows.actions.faults import POINTS
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
from tests.long.kill_stand import Danger, Trial, danger
from warehouse.books.audit import logged
from warehouse.books.audit_trail import record, verify
from warehouse.books.connection import open_books

pytestmark = pytest.mark.long

AT_ONCE = 10
ANSWERS = ("timeout_after", "drop_after", "error_after", "malformed", "timeout_before", "drop_before", "rate_limited")
DIES_WITHIN_S = 45
ENDS_WITHIN_S = 600


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


def test_kill_every_action_happens_exactly_once(tmp_path: Path) -> None:
    wanted = int(os.environ.get("KILL_RUNS", "100"))
    fired: Counter[str] = Counter()
    with danger(tmp_path, int(os.environ.get("KILL_SEED", "1"))) as at_risk:
        rounds = 0
        places = at_risk.dice.sample(POINTS, len(POINTS))
        while len(at_risk.trials) < wanted:
            place = next((one for one in places if not fired[one]), at_risk.dice.choice((*POINTS, "", "")))
            prepare(at_risk, place)
            died = die_at(at_risk, place)
            fired[died] += 1
            rounds += 1
            print(f"{len(at_risk.trials)} actions queued, {rounds} kills, the last {died or 'at any time'}", flush=True)
        finish(at_risk)
        compare_with_the_trail(at_risk)
        effects = {trial.run_id: trial.scene.effects(trial.action) for trial in at_risk.trials}
    print(f"died: {dict(sorted(fired.items()))}")
    report(at_risk.trials, effects)
    missed = [place for place in POINTS if not fired[place]]
    assert not missed or wanted < 2 * AT_ONCE * len(POINTS), f"nothing came by {missed}"


def compare_with_the_trail(at_risk: Danger) -> None:
    """Runs, journals and log agree, and tell of every action from the request to its end."""
    paths, queue = at_risk.stand.paths, at_risk.stand.queue
    record(paths, queue, now=utc_now())
    findings = verify(paths, queue).findings
    told: defaultdict[str, set[str]] = defaultdict(set)
    with open_books(paths) as books:
        for row in logged(books):
            told[row.entry.request_id].add(row.entry.kind)
    silent = [one.run_id for one in at_risk.trials if not {"requested", "finished"} <= told[one.wish.request_id]]
    print(f"audit trail: {len(findings)} findings, {len(silent)} actions of which it does not tell")
    assert not findings, findings
    assert not silent, silent


def report(trials: list[Trial], effects: dict[str, int]) -> None:
    """Compare the gateways' books with what was told, and say how often they differ."""
    doubled = [one for one in trials if effects[one.run_id] > 1]
    lost = [
        one for one in trials if one.told not in ("Pending", "stuck") and effects[one.run_id] != (one.told == "Done")
    ]
    stuck = [one for one in trials if one.told == "stuck"]
    for told, number in sorted(Counter(f"{one.action.account} {one.action.name} {one.told}" for one in trials).items()):
        print(f"{number:4} {told}")
    print(f"kill test: {len(trials)} runs, {len(doubled)} doubled, {len(lost)} lost, {len(stuck)} stuck")
    faults = [
        f"{one.run_id}: {one.action}: {one.told}, {effects[one.run_id]} in the books" for one in doubled + lost + stuck
    ]
    assert not faults, "\n".join(faults)


def prepare(at_risk: Danger, place: str) -> None:
    """Queue what comes by a place, and break something else now and then."""
    at_risk.calm()
    what = place.partition("_")[2]
    if what in ("approval_asked", "preview", "approval"):
        asked = [at_risk.ask("stripe", "charge_again") for _ in range(AT_ONCE)]
        if what == "approval":
            with at_risk.stand.worker():
                wait_for("the questions for approval", lambda: all(_waits(at_risk, one) for one in asked), 120)
            at_risk.approve_what_waits()
        return
    asked = [at_risk.ask("stripe", "refund") if what in LOST else at_risk.ask() for _ in range(AT_ONCE)]
    if what in LOST:
        for one in asked:
            one.scene.fault_on(one.action, LOST[what])
    elif at_risk.dice.random() < 0.5:
        one = at_risk.dice.choice(asked)
        one.scene.fault_on(one.action, at_risk.dice.choice(ANSWERS))
    if what == "settled":
        with at_risk.stand.worker():
            wait_for("the pending ones", lambda: sum(_state(at_risk, one) == "Pending" for one in asked) > 0, 120)
            time.sleep(at_risk.stand.settings.actions.settle_time_s + 0.5)
        at_risk.sweep()
    if at_risk.dice.random() < 0.2:
        at_risk.approve_what_waits()
    if at_risk.dice.random() < 0.1:
        at_risk.stand.sandbox.control("POST", "idempotency/expire")
    if at_risk.dice.random() < 0.1:
        at_risk.server.stop()
        at_risk.server.start()


LOST = {
    "unknown": "drop_after", "look_up": "drop_after", "looked_up": "drop_before", "not_accepted": "rate_limited",
    "settled": "error_before",
}  # fmt: skip
"""Answers after which an action comes by a place."""


def _waits(at_risk: Danger, trial: Trial) -> bool:
    run = at_risk.stand.queue.run(trial.run_id)
    return run is not None and (run.state_type == "PAUSED" or run.is_finished)


def _state(at_risk: Danger, trial: Trial) -> str:
    run = at_risk.stand.queue.run(trial.run_id)
    return run.state_name if run is not None else ""


def die_at(at_risk: Danger, place: str) -> str:
    """Let a worker begin and die at a place, or at any time; sometimes another works beside it. Returns the place."""
    fault = {"COUNTERFOIL_FAULT": f"{place}:{AT_ONCE}"} if place else {}
    with ExitStack() as stack:
        worker = stack.enter_context(at_risk.stand.worker(**fault))
        if at_risk.dice.random() < 0.2:
            stack.enter_context(at_risk.stand.worker())
        try:
            died = worker.wait(DIES_WITHIN_S if place else at_risk.dice.uniform(0.0, 3.0))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            return ""
    assert died == -signal.SIGKILL
    return place


def finish(at_risk: Danger) -> None:
    """Two workers that live, a lead who approves, and the sweep, until everything is over."""
    until = time.monotonic() + ENDS_WITHIN_S
    with at_risk.stand.worker(), at_risk.stand.worker():
        while time.monotonic() < until:
            at_risk.look()
            if all(trial.told for trial in at_risk.trials):
                return
            at_risk.approve_what_waits()
            at_risk.sweep()
            print(f"{sum(not trial.told for trial in at_risk.trials)} are under way", flush=True)
            time.sleep(5)
    for trial in at_risk.trials:
        run = at_risk.stand.queue.current(trial.wish.request_id)
        has_reason = run is not None and run.state_name == "Pending" and bool(run.sentence)
        trial.told = trial.told or ("Pending" if has_reason else "stuck")
