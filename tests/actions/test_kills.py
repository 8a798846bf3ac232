"""Kill -9 at every named place, restart: the money moved exactly once."""

from __future__ import annotations

import pytest

from flows.actions.faults import POINTS
from tests.actions.stand import Stand

AROUND_THE_GATEWAY = ("before_perform", "after_perform", "before_final_state")
"""The others are for the long kill test."""
assert set(AROUND_THE_GATEWAY) < set(POINTS)


def test_killed_around_the_gateways_call_each_refund_happens_exactly_once(bare_stand: Stand) -> None:
    """A worker dies at one point after the other; each takes over what the one before left. The last one lives."""
    runs: dict[str, tuple[str, str]] = {}
    for fault in AROUND_THE_GATEWAY:
        charge = bare_stand.charge()
        runs[fault] = bare_stand.submit(bare_stand.wish(charge)), charge["id"]
        with bare_stand.worker(COUNTERFOIL_FAULT=fault) as worker:
            assert worker.wait(120) == -9, f"nothing died at {fault}"
    with bare_stand.worker():
        for fault, (run_id, charge_id) in runs.items():
            run = bare_stand.finished(run_id)
            assert run.state_name == "Done", f"{fault}: {run.sentence}"
            assert [refund["amount"] for refund in bare_stand.refunds(charge_id)] == [500], fault


def test_a_worker_that_is_told_to_stop_finishes_what_it_began(bare_stand: Stand) -> None:
    charge = bare_stand.charge()
    with bare_stand.worker() as worker:
        bare_stand.sandbox.fault("slow", path="/v1/refunds", seconds=2)
        run_id = bare_stand.submit(bare_stand.wish(charge))
        bare_stand.until(run_id, lambda run: run.state_type == "RUNNING")
        worker.terminate()
        assert worker.wait(120) == 0
    run = bare_stand.queue.run(run_id)
    assert run is not None
    assert run.state_name == "Done"
    assert len(bare_stand.refunds(charge["id"])) == 1


@pytest.mark.long
def test_two_workers_share_the_work_and_never_take_the_same_run(bare_stand: Stand) -> None:
    charges = [bare_stand.charge() for _ in range(12)]
    with bare_stand.worker(), bare_stand.worker():
        runs = [bare_stand.submit(bare_stand.wish(charge)) for charge in charges]
        assert {bare_stand.finished(run_id).state_name for run_id in runs} == {"Done"}
    assert [len(bare_stand.refunds(charge["id"])) for charge in charges] == [1] * 12
    sent = [entry["params"]["charge"] for entry in bare_stand.posts() if entry["params"].get("charge")]
    assert [sent.count(charge["id"]) for charge in charges] == [1] * 12, "none was even asked for twice"
