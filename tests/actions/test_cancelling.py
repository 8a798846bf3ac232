"""A stop that was asked for stops what has not reached the gateway, and says so when it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.actions.stand import Stand, wait_for
from warehouse.books.audit_chain import read_journals


def test_what_waits_in_the_queue_is_cancelled_at_once(bare_stand: Stand) -> None:
    wish = bare_stand.wish(bare_stand.charge())
    run_id = bare_stand.submit(wish)
    bare_stand.queue.cancel(run_id)
    assert bare_stand.finished(run_id).state_type == "CANCELLED"
    with bare_stand.worker():
        other = bare_stand.submit(bare_stand.wish(bare_stand.charge()))
        assert bare_stand.finished(other).state_name == "Done", "the worker took the later one"
    assert bare_stand.refunds(wish.object_id) == []


def test_a_running_action_is_stopped_before_the_gateway_is_asked(stand: Stand) -> None:
    charge = stand.charge()
    stand.sandbox.fault("slow", method="GET", path=f"/v1/charges/{charge['id']}", seconds=3)
    run_id = stand.submit(stand.wish(charge))
    stand.until(run_id, lambda run: run.state_type == "RUNNING")
    stand.queue.cancel(run_id)
    run = stand.finished(run_id)
    assert (run.state_type, run.sentence) == ("CANCELLED", "Stopped before anything was sent to the gateway.")
    assert stand.refunds(charge["id"]) == []


def test_a_stop_that_comes_too_late_is_told_as_it_is(stand: Stand) -> None:
    charge = stand.charge()
    stand.sandbox.fault("slow", path="/v1/refunds", seconds=3)
    run_id = stand.submit(stand.wish(charge))
    journal = stand.paths.journal
    wait_for("the attempt", lambda: any(record["kind"] == "attempt" for record in about(journal, run_id)))
    stand.queue.cancel(run_id)
    run = stand.finished(run_id)
    assert run.state_name == "Done", "the money moved, so nothing else may be said"
    assert run.sentence.endswith("The stop that was asked for came too late.")
    assert len(stand.refunds(charge["id"])) == 1


def about(journal: Path, run_id: str) -> list[dict[str, Any]]:
    """What the journals hold about a run."""
    return [one for found in read_journals(journal) for one in found.records if one["flow_run_id"] == run_id]
