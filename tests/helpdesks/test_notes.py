"""A note of ours stands on a ticket once, whatever the helpdesk answers; and what people wrote in it is only text."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from connectors.errors import ObjectUnknown
from counterfoil.action_runs import ActionRun, action_run
from counterfoil.requests import ActionRequest, new_request_id
from flows.helpdesks.note_text import mark_of, note_html
from flows.helpdesks.notes import NotWritten, write_once
from tests.helpdesks.conftest import ADA, Place

RUN_ID = "6ecb02c1-3268-4331-93ba-382333e1197e"
MARK = mark_of(RUN_ID, "Done")
REQUEST = ActionRequest(
    request_id=new_request_id(),
    action="refund",
    account="stripe/eu",
    object_kind="charge",
    object_id="ch_1",
    amount_minor=1000,
    currency="EUR",
    details={},
    reason_code="goodwill",
    reason_text='<script>alert(1)</script> & "late"',
    requester="agent@sandbox.example",
    role="agent",
    authenticated_by="zendesk",
    customer_id="cus_1",
    customer_match="chosen",
    is_match_confirmed=True,
    ticket="zendesk/main/1",
    is_again=False,
    requested_at="2026-11-01T10:00:00+00:00",
)


def run_of(request: ActionRequest, name: str = "Done") -> ActionRun:
    state = {"message": "Refunded 10.00 EUR of ch_1 (re_1)."}
    at = datetime(2026, 11, 1, tzinfo=UTC).isoformat()
    raw = {"id": RUN_ID, "created": at, "state_type": "COMPLETED", "state_name": name, "state": state}
    return action_run({**raw, "parameters": {"request": asdict(request), "signature": ""}})


HTML = note_html(run_of(REQUEST), REQUEST, f"http://127.0.0.1:8420/actions/{RUN_ID}")


def write(place: Place, ticket_id: str) -> bool:
    return write_once(place.client, ticket_id, HTML, MARK, author_id=ADA, sleep=lambda _: None)


def test_a_note_is_written_once_and_says_what_came_of_it(place: Place) -> None:
    ticket = place.ticket()
    assert write(place, ticket.ticket_id)
    assert not write(place, ticket.ticket_id)
    (note,) = place.client.notes(ticket.ticket_id)
    text = note.text.replace("\\", "").replace("**", "")
    for told in ("Done: Refund 10.00 EUR, charge ch_1 (stripe/eu)", "Refunded 10.00 EUR of ch_1 (re_1).", RUN_ID, MARK):
        assert told in text, told
    assert "Asked for by agent@sandbox.example: goodwill: <script>alert(1)</script>" in text
    assert note.author_id == ADA
    assert place.thread(ticket.ticket_id)[-1]["kind"] == "note"
    assert "<script" not in place.thread(ticket.ticket_id)[-1]["html"]


@pytest.mark.parametrize("kind", ["timeout_after", "drop_after", "error_after", "drop_before", "rate_limited"])
def test_after_a_lost_answer_it_stands_there_once(place: Place, kind: str) -> None:
    ticket = place.ticket()
    method = "PUT" if place.name == "zendesk" else "POST"
    place.standin.fault(kind, method=method, path="*/*" + ticket.ticket_id + "*", seconds=1.0)
    write(place, ticket.ticket_id)
    assert len(place.client.notes(ticket.ticket_id)) == 1


def test_a_helpdesk_that_never_takes_it_is_told_of(place: Place) -> None:
    ticket = place.ticket()
    method = "PUT" if place.name == "zendesk" else "POST"
    place.standin.fault("rate_limited", method=method, path="*/*" + ticket.ticket_id + "*", count=9)
    with pytest.raises(NotWritten):
        write(place, ticket.ticket_id)
    assert place.client.notes(ticket.ticket_id) == []


def test_a_ticket_that_is_gone_takes_none(place: Place) -> None:
    ticket = place.ticket()
    place.standin.control("POST", "change", {"ticket": ticket.ticket_id, "is_deleted": True})
    with pytest.raises(ObjectUnknown):
        write(place, ticket.ticket_id)


def test_each_state_of_a_run_has_a_mark_of_its_own() -> None:
    marks = {mark_of(RUN_ID, "Done"), mark_of(RUN_ID, "Awaiting approval"), mark_of(RUN_ID[::-1], "Done")}
    assert len(marks) == 3
    waiting = run_of(REQUEST, "Suspended")
    assert "Decide about it" in note_html(waiting, REQUEST, "http://x/")
    nothing = replace(REQUEST, amount_minor=None, currency=None)
    assert "Refund, charge ch_1" in note_html(run_of(nothing), nothing, "http://x/")
