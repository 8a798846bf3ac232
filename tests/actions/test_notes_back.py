"""What comes of a request from a ticket stands on that ticket, once, whatever the helpdesk and the queue do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from typing import Any

from counterfoil.approvals import sign_approval
from flows.helpdesks.note_text import mark_of
from flows.helpdesks.notes import DEPLOYMENT, FLOW, key_of
from sandbox.helpdesks.app import HelpdeskStandIn
from sandbox.standin.running import Served
from sandbox.standin.settings import Settings
from tests.actions.stand import Stand, wait_for

Zendesk = Served[HelpdeskStandIn, Settings]


def ticket_of(zendesk: Zendesk) -> str:
    wanted = {"email": "kim@example.com", "name": "Kim", "subject": "Charged twice", "html": "<p>Hello</p>"}
    return str(zendesk.control("POST", "tickets", wanted)["id"])


def notes(zendesk: Zendesk, ticket_id: str) -> list[dict[str, Any]]:
    found = zendesk.app.face.desk.store.of("tickets")[ticket_id]["thread"]
    return [one for one in found if one["kind"] == "note"]


def note_runs(stand: Stand, run_id: str, state: str) -> list[str]:
    found = stand.queue.runs_by_key([key_of(run_id, state, number) for number in (1, 2)], FLOW)
    return [run.state_type for run in found]


def test_a_done_refund_is_told_on_its_ticket_once(stand: Stand, zendesk: Zendesk) -> None:
    ticket_id = ticket_of(zendesk)
    zendesk.fault("error_after", method="PUT", path="*/*" + ticket_id + "*")
    wish = stand.wish(stand.charge(), ticket=f"zendesk/main/{ticket_id}", requester="agent@sandbox.example")
    run = stand.finished(stand.submit(wish))
    assert run.state_name == "Done"
    wait_for("the note's run", lambda: note_runs(stand, run.run_id, "Done") == ["COMPLETED"])
    (note,) = notes(zendesk, ticket_id)
    assert note["author"] == "9001", "the agent who asked"
    for told in (run.sentence, run.run_id, mark_of(run.run_id, "Done"), "The parcel came late."):
        assert told in note["html"], told


def test_who_waits_for_a_lead_is_told_and_then_what_came_of_it(stand: Stand, zendesk: Zendesk) -> None:
    ticket_id = ticket_of(zendesk)
    charge = stand.charge(at_least=20_100, at_most=10_000_000)
    run_id = stand.submit(stand.wish(charge, amount_minor=20_100, ticket=f"zendesk/main/{ticket_id}"))
    (waits,) = wait_for("the first note", lambda: notes(zendesk, ticket_id))
    assert f"/actions/{run_id}" in waits["html"] and "Decide about it" in waits["html"]
    preview = stand.queue.preview(run_id)
    assert preview is not None
    approval = stand.approval(preview)
    stand.queue.approve(run_id, approval, sign_approval(approval, stand.key))
    assert stand.finished(run_id).state_name == "Done"
    wait_for("the second note", lambda: len(notes(zendesk, ticket_id)) == 2)


def test_a_note_that_was_never_queued_or_could_not_be_written_is_made_good_by_the_sweep(
    stand: Stand, zendesk: Zendesk
) -> None:
    ticket_id = ticket_of(zendesk)
    wish = stand.wish(stand.charge(), ticket=f"zendesk/main/{ticket_id}", reason_code="boredom")
    zendesk.fault("rate_limited", method="PUT", path="*/*" + ticket_id + "*", count=9)
    run = stand.finished(stand.submit(wish))
    assert run.state_name == "Refused"
    wait_for("the note's failure", lambda: note_runs(stand, run.run_id, "Refused") == ["FAILED"])
    zendesk.control("DELETE", "faults")
    # The first try ended long ago; its record says so.
    with closing(sqlite3.connect(stand.folder / "prefect" / "prefect.db", timeout=60)) as database:
        key = key_of(run.run_id, "Refused", 1)
        database.execute("UPDATE flow_run SET end_time = datetime('now', '-1 hour') WHERE idempotency_key = ?", [key])
        database.commit()
    sweep(stand, "one")
    wait_for("the second try", lambda: sorted(note_runs(stand, run.run_id, "Refused")) == ["COMPLETED", "FAILED"])
    assert "Refused" in notes(zendesk, ticket_id)[0]["html"]
    (lost,) = stand.queue.runs_by_key([key], FLOW)
    stand.queue.api.call("DELETE", f"flow_runs/{lost.run_id}")
    sweep(stand, "two")
    wait_for("the note's run again", lambda: note_runs(stand, run.run_id, "Refused") == ["COMPLETED", "COMPLETED"])
    assert len(notes(zendesk, ticket_id)) == 1


def sweep(stand: Stand, name: str) -> None:
    made = stand.queue.create_run("settle/settle", {}, key=f"sweep-notes-{name}", tags=[])
    stand.queue.nudge(made.run_id)


def test_a_run_made_by_a_stranger_writes_nothing(stand: Stand, zendesk: Zendesk) -> None:
    ticket_id = ticket_of(zendesk)
    request = {"request_id": "req_" + "e" * 32, "ticket": f"zendesk/main/{ticket_id}", "reason_text": "Call 555-1234"}
    made = stand.queue.create_run("carry-out/carry-out", {"request": request, "signature": "AAAA"}, key="n1", tags=[])
    assert stand.finished(made.run_id).state_name == "Refused"
    wait_for("the note's run", lambda: note_runs(stand, made.run_id, "Refused") == ["COMPLETED"])
    strange: list[dict[str, Any]] = [{"run_id": ["x"], "state": 7}, {"run_id": made.run_id, "state": "Done"}, {}]
    for number, parameters in enumerate(strange):
        odd = stand.queue.create_run(DEPLOYMENT, parameters, key=f"odd-note-{number}", tags=[])
        stand.queue.nudge(odd.run_id)
        (ended,) = wait_for("its end", partial(ended_of, stand, f"odd-note-{number}"))
        assert "nothing was written" in ended.sentence
    assert notes(zendesk, ticket_id) == []


def ended_of(stand: Stand, key: str) -> list[Any]:
    return [run for run in stand.queue.runs_by_key([key], FLOW) if run.is_finished]
