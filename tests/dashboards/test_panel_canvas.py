"""Intercom's canvas and Help Scout's dynamic app: the same panel in other words, signed message by message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.helpdesks.openings import helpscout_dynamic, intercom_canvas
from tests.dashboards.panels import SECRET, Desk
from tests.dashboards.prefect_stand_in import PrefectStandIn
from tests.dashboards.published_fixture import EVIL, KENJI

TICKET = {"id": "215", "subject": "Charged twice"}
AGENT = {"id": "9001", "email": "agent@sandbox.example", "name": "Ada"}


@pytest.fixture
def desk(var: Path, prefect: PrefectStandIn) -> Desk:
    return Desk(var, prefect_port=prefect.port)


def _person(email: str = "zoe@example.com") -> dict[str, Any]:
    return {"id": "5", "email": email, "name": "Zoë Müller"}


class Canvas:
    """An Intercom that keeps the canvas that it was answered with."""

    def __init__(self, desk: Desk, *, email: str = "zoe@example.com", agent: dict[str, Any] = AGENT) -> None:
        self._desk, self._email, self._agent = desk, email, agent
        self.now: dict[str, Any] = {}
        self.last: tuple[str, bytes, dict[str, str]] = ("", b"", {})

    def press(self, component: str = "", **values: Any) -> str:
        """Send; returns all texts of the answer."""
        more = {"component_id": component, "input_values": values, "current_canvas": self.now} if component else {}
        body, headers = intercom_canvas(SECRET, TICKET, _person(self._email), self._agent, **more)
        self.last = ("submit" if component else "initialize", body, headers)
        return self.again()

    def again(self) -> str:
        """Send the same message once more."""
        where, body, headers = self.last
        answer = self._desk.browser.post(f"/panel/intercom/main/{where}", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        self.now = answer.json()["canvas"]
        assert len(json.dumps(self.now["content"])) < 64_000, "Intercom takes no more"
        return "\n".join(str(one.get("text") or one.get("label") or "") for one in self.components)

    @property
    def components(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.now["content"]["components"]
        return found

    def button(self, label: str) -> str:
        """The component id of the first button with this label."""
        return str(next(one["id"] for one in self.components if one["type"] == "button" and one["label"] == label))


def test_an_admin_sees_the_customer_of_the_conversation(desk: Desk) -> None:
    said = Canvas(desk).press()
    for words in ("Zoë Müller", "Make sure who writes: the sender’s address: zoe@example.com", "119.00 EUR", "sub_zoe"):
        assert words in said


def test_an_admin_refunds_with_one_preview_and_one_confirmation(desk: Desk, prefect: PrefectStandIn) -> None:
    canvas = Canvas(desk)
    canvas.press()
    canvas.press(canvas.button("Refund…"))
    values = {"amount": "10.00", "reason_code": "goodwill", "reason_text": "Late"}
    assert "10.00 EUR goes back to" in canvas.press("show", **values).replace("\u00a0", " ")
    unsure = canvas.press("confirm")
    assert "make sure that it is the right one" in unsure and not _requests(prefect)
    assert "asked for" in canvas.press(canvas.button("Refund 10.00 EUR"), is_sure=["yes"])
    (request,) = _requests(prefect)
    assert (request["authenticated_by"], request["ticket"]) == ("intercom", "intercom/main/215")
    assert (request["customer_match"], request["is_match_confirmed"]) == ("email", True)
    assert (request["amount_minor"], request["currency"], request["reason_text"]) == (1000, "EUR", "Late")
    canvas.again()
    assert len(_requests(prefect)) == 1, "the same message twice is one request"


def _requests(prefect: PrefectStandIn) -> list[dict[str, Any]]:
    return [run["parameters"]["request"] for run in prefect.runs.values() if "request" in run["parameters"]]


def test_what_is_missing_is_said_and_nothing_is_asked_for(desk: Desk, prefect: PrefectStandIn) -> None:
    canvas = Canvas(desk)
    canvas.press()
    canvas.press(canvas.button("Refund…"))
    assert "No more than 119.00 EUR is left" in canvas.press("show", amount="500", reason_code="goodwill")
    assert "is not an amount" in canvas.press("show", amount="a lot", reason_code="goodwill", reason_text="x")
    assert "out of date" in Canvas(desk).press("confirm", amount="10.00")
    assert not _requests(prefect)


def test_a_sealed_form_of_another_conversation_or_admin_is_not_taken(desk: Desk, prefect: PrefectStandIn) -> None:
    canvas = Canvas(desk)
    canvas.press()
    canvas.press(canvas.button("Refund…"))
    lead = Canvas(desk, agent={"id": "9002", "email": "lead@sandbox.example", "name": "Lee"})
    lead.now = canvas.now
    said = lead.press("confirm", amount="10.00", reason_code="goodwill", reason_text="x", is_sure=["yes"])
    assert "out of date" in said and not _requests(prefect)


@pytest.mark.parametrize(
    "step", ["ask|refund|stripe/eu", "ask|launder|stripe/eu|ch_1", "explain|x", "person|nobody", "|||"]
)
def test_steps_that_there_are_not_lead_home(desk: Desk, step: str) -> None:
    assert "Zoë Müller" in Canvas(desk).press(step)


def test_another_customer_can_be_picked_and_a_charge_explained(desk: Desk) -> None:
    canvas = Canvas(desk)
    assert "nothing in the conversation names this customer" in canvas.press(f"person|{KENJI}")
    canvas.press()
    assert "On 10 November 2026 we charged 119.00 EUR" in canvas.press(canvas.button("Explain"))


def test_markup_of_others_is_text(desk: Desk) -> None:
    canvas = Canvas(desk, email="[click](http://evil.example)@example.com")
    assert "[" not in canvas.press()
    assert "<script>" in canvas.press(f"person|{EVIL}"), "a canvas is no HTML: it is shown as it is"


def test_an_admin_without_an_account_and_a_forged_message_see_nobody(desk: Desk) -> None:
    stranger = Canvas(desk, agent={"id": "1", "email": "stranger@example.com", "name": "S"})
    said = stranger.press()
    assert "counterfoil user add stranger@example.com agent" in said and "Zoë" not in said
    _, body, headers = stranger.last
    forged = desk.browser.post(
        "/panel/intercom/main/initialize",
        content=body.replace(b"stranger@example.com", b"lead@sandbox.example"),
        headers=headers,
    )
    assert forged.status_code == 403 and "canvas" not in forged.json()
    assert desk.browser.post("/panel/intercom/other/initialize", content=body, headers=headers).status_code == 404


def _dynamic(desk: Desk, agent: str = "501", secret: str = SECRET) -> Any:
    body, headers = helpscout_dynamic(secret, TICKET, _person(), {**AGENT, "id": agent})
    return desk.browser.post("/panel/helpscout/main/dynamic", content=body, headers=headers)


def test_help_scouts_dynamic_app_links_into_the_panel(desk: Desk) -> None:
    desk.sees_agent("501", "agent@sandbox.example", helpdesk="helpscout/main")
    html = _dynamic(desk).json()["html"]
    assert "Zoë Müller" in html and "Refund…" in html and "<form" not in html and "<script" not in html
    address = html.split('href="')[1].split('"')[0].removeprefix("http://127.0.0.1:8420")
    assert "agent@sandbox.example (agent)" in desk.browser.get(address).text


def test_help_scouts_dynamic_app_tells_a_stranger_nothing(desk: Desk) -> None:
    waiting = _dynamic(desk, "777").json()["html"]
    assert "being asked who you are" in waiting and "Zoë" not in waiting
    assert _dynamic(desk, secret="another").status_code == 403
    desk.sees_agent("777", "stranger@example.com", helpdesk="helpscout/main")
    assert "user add stranger@example.com" in _dynamic(desk, "777").json()["html"]
