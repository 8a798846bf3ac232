"""Who gets into a panel, and who does not."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from starlette.responses import Response

from dashboards.panel.connections import Connected, Connections
from sandbox.helpdesks.openings import helpscout_query
from tests.dashboards.conftest import hidden
from tests.dashboards.panels import SECRET, Desk, place
from tests.dashboards.prefect_stand_in import PrefectStandIn


@pytest.fixture
def zendesk(var: Path) -> Desk:
    return Desk(var)


def test_an_agent_whom_zendesk_signs_sees_the_customer_of_the_ticket(zendesk: Desk) -> None:
    page = zendesk.open()
    assert page.status_code == 200 and "Zoë Müller" in page.text
    assert "agent@sandbox.example (agent)" in page.text


def test_the_frame_may_be_shown_by_its_own_helpdesk_only(zendesk: Desk) -> None:
    for answer in (zendesk.shell(), zendesk.open(), zendesk.browser.get("/panel/front/main")):
        csp = answer.headers["content-security-policy"]
        own = "front" if "front" in str(answer.url) else "zendesk"
        assert f"frame-ancestors 'self' https://{own}.example" in csp
        assert "unsafe" not in csp
    assert "frame-ancestors 'none'" in zendesk.browser.get("/sign-in").headers["content-security-policy"]


def test_only_the_page_around_the_panel_loads_the_helpdesks_script(zendesk: Desk) -> None:
    assert "script-src 'self' https://zendesk.example;" in zendesk.shell().headers["content-security-policy"]
    assert "script-src 'self';" in zendesk.open().headers["content-security-policy"]


def test_a_token_of_zendesk_opens_one_panel(zendesk: Desk) -> None:
    token = zendesk.token()
    assert zendesk.shell(token=token).status_code == 200
    again = zendesk.shell(token=token)
    assert again.status_code == 403 and "used before" in again.text and "door" not in hidden(again.text)


def test_a_forged_opening_shows_nothing_of_anybody(zendesk: Desk) -> None:
    answer = zendesk.shell(token="a.b.c")
    assert answer.status_code == 403 and "Zoë" not in answer.text
    assert zendesk.browser.get("/panel/zendesk/main").status_code == 403
    assert zendesk.browser.get("/panel/zendesk/other").status_code == 404
    assert zendesk.browser.post("/panel/nodesk/main", data={"token": zendesk.token()}).status_code == 404


def test_a_door_that_was_changed_or_is_another_helpdesks_opens_nothing(zendesk: Desk) -> None:
    door = hidden(zendesk.shell().text)["door"]
    for wrong in ("", door[:-3], f"{door}x", zendesk.web.as_role("agent").get("/sign-in").text[:50]):
        asked = {"door": wrong, "ticket": "12", "emails": "zoe@example.com"}
        assert zendesk.browser.post("/panel/zendesk/main/open", data=asked).status_code == 401
    elsewhere = zendesk.browser.post("/panel/front/main/open", data={"door": door, "ticket": "12"})
    assert elsewhere.status_code == 401 and "Zoë" not in elsewhere.text


@pytest.mark.parametrize("ticket", ["", "../../etc", "a" * 65, "1 2", "<b>"])
def test_a_ticket_that_can_be_none_is_refused(zendesk: Desk, ticket: str) -> None:
    answer = zendesk.open(ticket=ticket)
    assert answer.status_code == 403 and "did not say which ticket" in answer.text


def test_an_agent_without_an_account_reads_what_to_ask_for(zendesk: Desk) -> None:
    answer = zendesk.open(agent="9003")
    assert answer.status_code == 403 and "counterfoil user add guest@sandbox.example agent" in answer.text
    assert "Zoë" not in answer.text


def test_a_role_that_sees_no_customers_stays_out(zendesk: Desk) -> None:
    answer = zendesk.open(agent="9004")
    assert answer.status_code == 403 and "auditor" in answer.text and "Zoë" not in answer.text


def test_an_agent_who_is_not_known_yet_is_looked_up_by_the_worker(var: Path, prefect: PrefectStandIn) -> None:
    desk = Desk(var, prefect_port=prefect.port, knows_agents=False)
    first = desk.open()
    assert first.status_code == 200 and "One moment" in first.text and "Zoë" not in first.text
    desk.sees_agent("9001", "agent@sandbox.example")
    again = desk.browser.post("/panel/zendesk/main/open", data=hidden(first.text))
    assert "Zoë Müller" in again.text


def test_front_is_believed_and_its_agent_is_not(zendesk: Desk) -> None:
    shell = zendesk.browser.get(f"/panel/front/main?auth_secret={SECRET.replace(' ', '%20')}")
    asked = {"door": hidden(shell.text)["door"], "ticket": "cnv_1", "emails": "zoe@example.com"}
    closed = zendesk.browser.post("/panel/front/main/open", data=asked)
    assert closed.status_code == 200 and "Connect this panel" in closed.text and "Zoë" not in closed.text
    opened = zendesk.browser.post("/panel/front/main/open", data={**asked, "code": zendesk.code("front/main")})
    assert "Zoë Müller" in opened.text
    # The next ticket opens by itself.
    assert "Zoë Müller" in zendesk.browser.post("/panel/front/main/open", data={**asked, "ticket": "cnv_2"}).text
    zendesk.browser.cookies.clear()
    assert "Connect this panel" in zendesk.browser.post("/panel/front/main/open", data=asked).text


def test_a_code_is_good_once_and_for_two_minutes_and_for_its_helpdesk(zendesk: Desk) -> None:
    asked = {"ticket": "5", "emails": "zoe@example.com"}
    used = zendesk.code("freshdesk/main")
    assert "Zoë" in zendesk.browser.post("/panel/freshdesk/main", data={**asked, "code": used}).text
    zendesk.browser.cookies.clear()
    others = zendesk.code("front/main")
    old = zendesk.code("freshdesk/main")
    zendesk.pass_time(minutes=3)
    for code in (used, others, old, "AAAAAAAAAA", ""):
        answer = zendesk.browser.post("/panel/freshdesk/main", data={**asked, "code": code})
        assert "Connect this panel" in answer.text and "Zoë" not in answer.text, code


def test_codes_cannot_be_guessed_for_long(zendesk: Desk) -> None:
    asked = {"ticket": "5", "emails": "zoe@example.com"}
    answers = [zendesk.browser.post("/panel/freshdesk/main", data={**asked, "code": f"A{n:09d}"}) for n in range(12)]
    assert answers[-1].status_code == 429


def test_the_cookie_of_a_panel_stays_in_its_partition() -> None:
    answer = Response()
    Connections(b"key", is_secure=True).write(answer, Connected("front/main", "agent@sandbox.example", 0))
    cookie = answer.headers["set-cookie"]
    for word in ("HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/panel"):
        assert word in cookie


def test_help_scouts_undated_address_needs_the_agents_own_sign_in(zendesk: Desk) -> None:
    closed = zendesk.helpscout()
    assert "Connect this panel" in closed.text
    asked = {**hidden(closed.text), "code": zendesk.code("helpscout/main")}
    opened = zendesk.browser.post("/panel/helpscout/main/open", data=asked)
    assert place(opened) and "Nobody found" in opened.text
    forged = helpscout_query(SECRET, "77", "501").replace("77", "78", 1)
    assert zendesk.browser.get(f"/panel/helpscout/main?{forged}").status_code == 403


def test_help_scout_and_the_sign_in_must_name_the_same_agent(zendesk: Desk) -> None:
    zendesk.sees_agent("501", "lead@sandbox.example", helpdesk="helpscout/main")
    asked = {**hidden(zendesk.helpscout().text), "code": zendesk.code("helpscout/main", "agent")}
    answer = zendesk.browser.post("/panel/helpscout/main/open", data=asked)
    assert "lead@sandbox.example looks" in answer.text and "/in/" not in str(answer.url)


def test_the_ticket_as_the_helpdesk_tells_it_counts_when_it_is_known(zendesk: Desk) -> None:
    zendesk.sees_ticket("77", "zoe@example.com", helpdesk="helpscout/main")
    asked = {**hidden(zendesk.helpscout().text), "code": zendesk.code("helpscout/main")}
    assert "Zoë Müller" in zendesk.browser.post("/panel/helpscout/main/open", data=asked).text


def test_opening_a_ticket_asks_for_one_read_of_its_customer(var: Path, prefect: PrefectStandIn) -> None:
    desk = Desk(var, prefect_port=prefect.port)
    for _ in range(3):
        desk.open()
    for thread in threading.enumerate():
        if thread.name == "read":
            thread.join(5)
    (run,) = prefect.runs.values()
    assert run["parameters"] == {
        "ticket": "zendesk/main/12",
        "agent_id": "9001",
        "customers": [["stripe/eu", "cus_zoe"]],
    }
    assert "zoe@" not in str(run)
