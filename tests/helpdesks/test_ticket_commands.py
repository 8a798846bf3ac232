"""The worker reads the notes of a ticket that a webhook named, keeps what is meant for us, and writes answers once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.ticket_commands import (
    Answer,
    TicketHint,
    put_answer,
    put_aside,
    put_hint,
    waiting_answers,
    waiting_commands,
    waiting_hints,
)
from flows.actions.desk import Desk
from flows.helpdesks.ticket_commands import handle_waiting
from sandbox.helpdesks.running import KEYS
from tests.dashboards.conftest import settings_for
from tests.helpdesks.conftest import ADA, CUSTOMER, Place, settings_for_helpdesk

TEXT = "counterfoil: refund part<br>amount: 10.00<br>She was charged &lt;twice&gt;."


@pytest.fixture
def desk(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    helpdesk = settings_for_helpdesk(place.name, place.standin.url)
    monkeypatch.setenv(helpdesk.secret_name("API_KEY"), KEYS[place.name])
    settings = settings_for(tmp_path, accounts=[], helpdesks=[helpdesk.model_dump()])
    none: Any = None  # no queue, journal or lease: reading tickets needs none
    return Desk(settings, Paths(tmp_path), none, none, none, none, none, none, sleep=lambda _: None)


def named(desk: Desk, ticket_id: str, event_id: str = "") -> None:
    hint = TicketHint(desk.settings.helpdesks[0].name, ticket_id, desk.now().isoformat())
    put_hint(desk.paths.commands, hint, event_id)


def noted(place: Place, ticket_id: str, html: str, author: str = ADA) -> None:
    place.standin.control("POST", "notes", {"ticket": ticket_id, "author": author, "html": f"<p>{html}</p>"})


def test_a_note_that_asks_for_something_is_kept_with_its_author(place: Place, desk: Desk) -> None:
    ticket = place.ticket()
    noted(place, ticket.ticket_id, "Please look at this, Lee.")
    noted(place, ticket.ticket_id, TEXT)
    named(desk, ticket.ticket_id)
    report = handle_waiting(desk)
    assert (report.commands, report.faults) == (1, [])
    ((path, command),) = waiting_commands(desk.paths.commands)
    assert command.text.splitlines() == ["counterfoil: refund part", "amount: 10.00", "She was charged <twice>."]
    assert (command.author_email, command.requester_email) == ("agent@sandbox.example", CUSTOMER)
    assert command.ticket_id == ticket.ticket_id
    assert not command.is_by_mail
    assert waiting_hints(desk.paths.commands) == []
    put_aside(path)
    named(desk, ticket.ticket_id)  # sent again, or another note was written
    assert handle_waiting(desk).commands == 0


def test_what_a_customer_writes_and_what_is_old_asks_for_nothing(place: Place, desk: Desk) -> None:
    ticket = place.ticket(html=f"<p>{TEXT}</p>")
    place.standin.control("POST", "replies", {"ticket": ticket.ticket_id, "html": f"<p>{TEXT}</p>"})
    named(desk, ticket.ticket_id)
    assert handle_waiting(desk).commands == 0
    noted(place, ticket.ticket_id, TEXT)
    desk.now = lambda: utc_now() + timedelta(days=2)
    named(desk, ticket.ticket_id)
    assert handle_waiting(desk).commands == 0


def test_a_helpdesk_that_does_not_answer_keeps_the_hint_and_a_ticket_that_is_gone_does_not(
    place: Place, desk: Desk
) -> None:
    ticket = place.ticket()
    noted(place, ticket.ticket_id, TEXT)
    named(desk, ticket.ticket_id)
    for method in ("GET", "POST"):
        place.standin.fault("error_before", method=method, path="*", count=20)
    report = handle_waiting(desk)
    assert report.commands == 0
    assert report.faults[0].startswith(f"{place.name}/main: ")
    place.standin.control("DELETE", "faults")
    assert handle_waiting(desk).commands == 1
    place.standin.control("POST", "change", {"ticket": ticket.ticket_id, "is_deleted": True})
    named(desk, ticket.ticket_id)
    assert (handle_waiting(desk).faults, waiting_hints(desk.paths.commands)) == ([], [])


def test_an_answer_is_written_once_escaped_and_is_no_command(place: Place, desk: Desk) -> None:
    ticket = place.ticket()
    page = "http://127.0.0.1:8420/ask?action=refund&id=ch_1"
    answer = Answer(f"{place.name}/main", ticket.ticket_id, "c" * 40, "Refund", "No <b>such</b> charge.", page)
    for _ in range(2):
        put_answer(desk.paths.commands, answer)
        assert handle_waiting(desk).faults == []
    (note,) = place.client.notes(ticket.ticket_id)
    assert "No <b>such</b> charge." in note.text.replace("\\", "")
    named(desk, ticket.ticket_id)
    assert handle_waiting(desk).commands == 0
    assert waiting_answers(desk.paths.commands) == []
