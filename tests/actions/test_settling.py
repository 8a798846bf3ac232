"""Pending and unknown outcomes are looked up until they are settled, in runs of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from counterfoil.action_runs import ActionRun
from counterfoil.requests import utc_now
from flows.actions.desk import build_desk
from flows.actions.lease import take_slot
from flows.actions.settling import last_tried, open_outcomes, settled_outcome, tried_until
from tests.actions.stand import KEY, SLOW_OR_FAILING, USED, Stand, all_charges, wait_for
from warehouse.publish import POINTER, SUFFIX


def slow_charge(stand: Stand, last4: str) -> dict[str, Any]:
    """A charge on one of the test cards whose refunds are not done at once."""
    assert last4 in SLOW_OR_FAILING
    for charge in all_charges(stand):
        card = charge["payment_method_details"].get("card") or {}
        is_free = not charge["amount_refunded"] and not charge["disputed"] and charge["id"] not in USED
        if card.get("last4") == last4 and is_free and charge["status"] == "succeeded" and charge["currency"] == "eur":
            USED.add(charge["id"])
            return charge
    raise AssertionError(f"the sandbox has no charge on the card {last4}")


def test_a_refund_that_the_bank_confirms_later_is_pending_and_then_done(stand: Stand) -> None:
    charge = slow_charge(stand, "7726")
    first = stand.finished(stand.submit(stand.wish(charge)))
    assert first.state_name == "Pending"
    assert first.gateway_reference is not None
    stand.sandbox.control("POST", "settle", {"refund": first.gateway_reference, "outcome": "succeeded"})
    now = settled(stand, first)
    assert (now.state_name, now.gateway_reference) == ("Done", first.gateway_reference)
    unchanged = stand.queue.run(first.run_id)
    assert unchanged is not None
    assert unchanged.state_name == "Pending", "a finished run is never changed"


def test_a_refund_that_fails_later_is_reported(stand: Stand) -> None:
    charge = slow_charge(stand, "7726")
    first = stand.finished(stand.submit(stand.wish(charge)))
    stand.sandbox.control("POST", "settle", {"refund": first.gateway_reference, "outcome": "failed"})
    now = settled(stand, first)
    assert now.state_name == "Failed later"
    assert "failed at the gateway" in now.sentence


def test_what_leaves_no_trace_long_after_counts_as_not_done(stand: Stand) -> None:
    charge = stand.charge()
    stand.sandbox.fault("error_before", path="/v1/refunds")
    first = stand.finished(stand.submit(stand.wish(charge)))
    assert first.state_name == "Pending"
    assert first.ended_at is not None
    ended_at = first.ended_at
    wait_for("the settle time", lambda: utc_now() - ended_at > timedelta(seconds=3.2))
    now = settled(stand, first)
    assert (now.state_name, "no trace of it" in now.sentence) == ("Refused", True), now.sentence
    assert stand.refunds(charge["id"]) == []


def test_the_settle_time_begins_when_nothing_is_sent_any_more_not_when_it_was_asked_for(stand: Stand) -> None:
    """A request may wait days for its approval: its age says nothing about when it was sent."""
    first = stand.finished(stand.submit(stand.wish(stand.charge())))
    assert first.ended_at is not None
    assert tried_until(first) == first.ended_at > first.created_at
    assert tried_until(replace(first, ended_at=None)) == first.created_at


def settled(stand: Stand, first: ActionRun) -> ActionRun:
    """Sweep until a later run says more about the request."""
    made = stand.queue.create_run("settle/settle", {}, key=f"sweep-{first.request_id}", tags=[])
    stand.queue.nudge(made.run_id)

    def newer() -> ActionRun | None:
        run = stand.queue.current(first.request_id)
        return run if run is not None and run.run_id != first.run_id and run.is_finished else None

    run = wait_for("the settling", newer)
    assert isinstance(run, ActionRun)
    return run


def test_a_refund_that_was_done_and_fails_days_later_is_reported(stand: Stand) -> None:
    """The warehouse knows it from an event or a re-read; the sweep compares, and the gateway itself is asked again."""
    charge = slow_charge(stand, "5126")
    first = stand.finished(stand.submit(stand.wish(charge)))
    assert first.state_name == "Done"
    stand.sandbox.control("POST", "settle", {"refund": first.gateway_reference, "outcome": "failed"})
    publish_failed_refund(stand, first.request_id)
    now = settled(stand, first)
    assert (now.state_name, now.gateway_reference) == ("Failed later", first.gateway_reference)


def publish_failed_refund(stand: Stand, request_id: str) -> None:
    """A published file that knows one refund."""
    folder = stand.paths.published
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / f"test{SUFFIX}")) as connection:
        connection.execute("CREATE SCHEMA canonical")
        connection.execute(
            "CREATE TABLE canonical.refunds AS SELECT ? AS request_id, 'failed' AS status, now() AS created_at",
            [request_id],
        )
    (folder / POINTER).write_text("test")


def test_what_a_worker_is_about_to_do_is_never_settled(bare_stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefect calls a claimed run Pending, as we call an outcome."""
    monkeypatch.setenv("COUNTERFOIL_STRIPE_EU_API_KEY", KEY)
    wish = bare_stand.wish(bare_stand.charge())
    run_id = bare_stand.submit(wish)
    path = f"flow_runs/{run_id}/set_state"
    bare_stand.queue.api.post(path, {"state": {"type": "PENDING", "name": "Pending"}, "force": True})
    slot = take_slot(bare_stand.paths.journal)
    desk = build_desk(bare_stand.settings, slot, bare_stand.settings.prefect.api_url)
    try:
        later = utc_now() + timedelta(hours=1)
        assert run_id not in {run.run_id for run, _ in open_outcomes(desk, later)}
        assert last_tried(desk, wish) > utc_now() - timedelta(seconds=1)
        assert settled_outcome(desk, wish, tried_until=last_tried(desk, wish)).name == "Pending"
    finally:
        desk.accounts.close()
        desk.journal.close()
        slot.release()
    bare_stand.queue.api.post(path, {"state": {"type": "SCHEDULED", "name": "Scheduled"}, "force": True})
    with bare_stand.worker():
        assert bare_stand.finished(run_id).state_name == "Done"
