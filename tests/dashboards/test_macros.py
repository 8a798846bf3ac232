"""Notes that macros wrote become signed requests, once; or the agent is told on the ticket why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil.paths import Paths
from counterfoil.requests import verified_request
from counterfoil.signing_keys import public_keys
from counterfoil.ticket_commands import Answer, WrittenCommand, put_command, waiting_answers, waiting_commands
from dashboards.macros import watching
from dashboards.macros.queueing import queue_command, request_id_of
from dashboards.macros.watching import handle_commands
from dashboards.service import Service
from tests.dashboards.conftest import make_web
from tests.dashboards.prefect_stand_in import PrefectStandIn, running_prefect
from tests.dashboards.published_fixture import publish_small
from tests.dashboards.published_reports import NOW

SURE = "\nsure: yes"


@dataclass
class Macros:
    """The web service with one queue; `rung`: how often the worker was asked to write an answer."""

    service: Service
    prefect: PrefectStandIn
    rung: list[int] = field(default_factory=list)

    def write(self, text: str, **changes: Any) -> WrittenCommand:
        """As if the worker had read a note."""
        note = WrittenCommand(
            helpdesk="front/main",
            ticket_id="cnv_1",
            note_id="com_1",
            author_id="tea_1",
            author_email="Agent@sandbox.example",
            is_by_mail=False,
            text=text,
            fields={},
            requester_email="zoe@example.com",
            requester_name="Zoë",
            subject="Charged twice",
            read_at=NOW.isoformat(),
        )
        note = replace(note, **changes)
        put_command(self.service.paths.commands, note)
        return note

    def handle(self) -> bool:
        return handle_commands(self.service, lambda: self.rung.append(1))

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [run["parameters"]["request"] for run in self.prefect.runs.values()]

    @property
    def answers(self) -> list[Answer]:
        return [answer for _, answer in waiting_answers(self.service.paths.commands)]

    def answer_to(self, text: str, **changes: Any) -> Answer:
        """What the agent is told."""
        self.write(text, **changes)
        assert self.handle()
        (answer,) = self.answers
        assert self.requests == []
        assert waiting_commands(self.service.paths.commands) == []
        assert self.rung == [1]
        return answer


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("macros")
    publish_small(Paths(folder).published)
    return folder


@pytest.fixture
def macros(published: Path, tmp_path: Path) -> Iterator[Macros]:
    (tmp_path / "published").symlink_to(published / "published")
    with running_prefect() as prefect:
        client = make_web(tmp_path, prefect_port=prefect.port).open()
        yield Macros(client.app.state.service, prefect)  # type: ignore[attr-defined]


def test_refund_last_charge_is_a_signed_request_of_whoever_wrote_the_note(macros: Macros) -> None:
    note = macros.write(f"counterfoil: refund last charge\nreason: duplicate{SURE}\nShe was charged twice.")
    assert macros.handle()
    (run,) = macros.prefect.runs.values()
    parameters = run["parameters"]
    keys = public_keys(macros.service.paths.keys)
    request = verified_request(parameters["request"], parameters["signature"], keys, now=NOW)
    assert (request.action, request.object_id, request.amount_minor) == ("refund", "ch_zoe1_invoiced", 11900)
    assert (request.requester, request.role, request.authenticated_by) == ("agent@sandbox.example", "agent", "front")
    assert (request.reason_code, request.reason_text) == ("duplicate", "She was charged twice.")
    assert (request.customer_match, request.is_match_confirmed) == ("email", True)
    assert (request.ticket, request.request_id) == ("front/main/cnv_1", request_id_of(note))
    assert macros.answers == []


def test_the_same_note_is_one_request_however_often_it_is_read(macros: Macros) -> None:
    text = f"counterfoil: refund last charge{SURE}"
    note = macros.write(text)
    assert macros.handle()
    assert put_command(macros.service.paths.commands, note) is False
    # Even where what was done is forgotten, such as after a backup was restored.
    (done,) = macros.service.paths.commands.glob("*/done/*.json")
    done.unlink()
    macros.write(text)
    assert macros.handle()
    assert len(macros.requests) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "counterfoil: refund part\namount: 10,50\nid: ch_zoe2_part",
            {"action": "refund", "object_id": "ch_zoe2_part", "amount_minor": 1050},
        ),
        (
            "counterfoil: cancel at period end",
            {"action": "cancel_subscription", "object_id": "sub_zoe", "details": {"at_period_end": True}},
        ),
        ("counterfoil: send invoice", {"action": "send_invoice", "object_kind": "invoice"}),
        (
            "counterfoil: add VAT id\nvat id: DE136695976",
            {"action": "add_tax_id", "object_id": "cus_zoe", "details": {"tax_id": "DE136695976"}},
        ),
        (
            "counterfoil: apply coupon\ncoupon: SPRING",
            {"action": "apply_coupon", "details": {"coupon_id": "SPRING"}},
        ),
    ],
)
def test_each_macro_is_a_request(macros: Macros, text: str, expected: dict[str, Any]) -> None:
    macros.write(text + SURE)
    assert macros.handle()
    assert macros.answers == []
    (request,) = macros.requests
    for name, value in expected.items():
        found = request[name]
        assert (value.items() <= found.items()) if isinstance(value, dict) else found == value, name
    assert request["reason_code"] == "requested_by_customer"


@pytest.mark.parametrize(
    ("text", "changes", "words"),
    [
        ("counterfoil: refund last charge", {}, "customer"),
        ("counterfoil: refund everything", {}, "There is no macro “refund everything”"),
        ("counterfoil: refund last charge", {"author_email": ""}, "Front does not say which agent wrote it"),
        ("counterfoil: refund last charge", {"author_email": "gus@x.example"}, "counterfoil user add gus@x.example"),
        ("counterfoil: refund last charge", {"author_email": "auditor@sandbox.example"}, "is auditor here"),
        ("counterfoil: refund last charge", {"is_by_mail": True}, "anybody can write a sender"),
        ("counterfoil: refund last charge", {"requester_email": "nobody@x.example"}, "No customer fits"),
        ("counterfoil: refund last charge", {"requester_email": "zоe@example.com"}, "plain Latin letters"),
        ("counterfoil: refund last charge\nid: ch_nobody", {}, "There is no charge ch_nobody"),
        ("counterfoil: refund last charge\nid: ch_zoe3_disputed", {}, "dispute"),
        ("counterfoil: refund part\namount: 1e3\nid: ch_zoe2_part", {}, "is not an amount"),
        ("counterfoil: refund part\namount: 30.01\nid: ch_zoe2_part", {}, "No more than"),
        ("counterfoil: apply coupon\ncoupon: FREE", {}, "is not one of those"),
        ("counterfoil: refund last charge\nreason: boredom" + SURE, {}, "reason"),
        ("counterfoil: refund last charge\nsure: perhaps", {}, "must be yes or no"),
        ("counterfoil: refund last charge\nid: ch_uma1", {"requester_email": "uma@example.com"}, "only observed"),
        ("counterfoil: cancel at period end", {"requester_email": "noor@example.kw"}, "has no running subscription"),
    ],
)
def test_what_cannot_be_asked_for_is_told_and_nothing_is_queued(
    macros: Macros, text: str, changes: dict[str, Any], words: str
) -> None:
    assert words in macros.answer_to(text, **changes).sentence


def test_the_answer_leads_to_the_form_with_everything_filled_in(macros: Macros) -> None:
    answer = macros.answer_to("counterfoil: refund last charge")
    assert answer.title == "Refund last charge"
    client = make_web(macros.service.paths.var).as_role("agent")
    page = client.get(answer.page.partition("8420")[2])
    assert page.status_code == 200
    for told in ("ch_zoe1_invoiced", "front/main/cnv_1", "119.00"):
        assert told in page.text, told


def test_the_same_again_needs_a_word(macros: Macros) -> None:
    text = f"counterfoil: refund part\namount: 10\nid: ch_zoe2_part{SURE}"
    for minute, more in enumerate(("", "", "\nagain: yes")):
        at = (NOW - timedelta(minutes=9 - minute)).isoformat()
        macros.write(text + more, note_id=f"com_{minute}", read_at=at)
    assert macros.handle()
    assert [request["is_again"] for request in macros.requests] == [False, True]
    (answer,) = macros.answers
    assert "again: yes" in answer.sentence


def test_a_queue_that_is_away_keeps_the_wish_and_an_old_wish_is_not_carried_out(macros: Macros) -> None:
    macros.prefect.is_busy = True
    macros.write(f"counterfoil: refund last charge{SURE}")
    assert macros.handle() is False
    assert len(waiting_commands(macros.service.paths.commands)) == 1
    macros.prefect.is_busy = False
    assert macros.handle()
    assert len(macros.requests) == 1
    old = (NOW - timedelta(hours=2)).isoformat()
    macros.write(f"counterfoil: refund last charge{SURE}", note_id="com_9", read_at=old)
    assert macros.handle()
    assert len(macros.requests) == 1
    assert "for more than an hour" in macros.answers[0].sentence


def test_a_defect_of_ours_is_told_and_holds_up_nobody(macros: Macros, monkeypatch: pytest.MonkeyPatch) -> None:

    def failing(service: Service, command: WrittenCommand) -> str:
        if command.note_id == "com_bad":
            raise ZeroDivisionError
        return queue_command(service, command)

    monkeypatch.setattr(watching, "queue_command", failing)
    macros.write("counterfoil: refund last charge", note_id="com_bad")
    macros.write(f"counterfoil: refund last charge{SURE}")
    assert macros.handle()
    assert len(macros.requests) == 1
    assert "failed at it" in macros.answers[0].sentence
