"""The panel beside a ticket: whom it shows, how sure it is, and what travels with an action."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from dashboards.panel.clues import clues_of, mixes_alphabets, normalised, without_tag
from tests.dashboards.conftest import hidden
from tests.dashboards.panels import Desk, place
from tests.dashboards.prefect_stand_in import PrefectStandIn
from tests.dashboards.published_fixture import KENJI, ZOE


@pytest.fixture
def desk(var: Path, prefect: PrefectStandIn) -> Desk:
    return Desk(var, prefect_port=prefect.port)


@pytest.mark.parametrize(
    ("emails", "text", "words"),
    [
        ("zoe@example.com", "", "By address only"),
        ("ZOE@Example.COM ", "", "By address only"),
        ("other@example.org", "My charge ch_zoe1_invoiced is wrong", "Sure: named in the ticket"),
        ("zoe@example.com", "I am cus_zoe", "Sure: named in the ticket"),
        ("", "Invoice A-2 please", "Sure: named in the ticket"),
        ("", "Where is my order #10042?", "Sure: named in the ticket"),
        ("other@example.org\nzoe@example.com", "", "By address only"),
        ("zoe+shop@example.com", "", "Who is it?"),
        ("", "card ending in 4242, 119.00 EUR on 2026-11-11", "Who is it?"),
        ("", "Karte endet auf 4242, 119,00 € am 11.11.2026", "Who is it?"),
        ("", "card ending in 4242, 119.00 EUR", "Nobody found"),
        ("nobody@example.org", "", "Nobody found"),
        (
            "zoe@example.com",
            "My friend has the charge ch_kenji1",
            "of one customer and comes from the address of another",
        ),
        ("zоe@example.com", "", "not written in plain Latin letters"),
    ],
)
def test_the_panel_says_how_sure_it_is(desk: Desk, emails: str, text: str, words: str) -> None:
    page = desk.open(emails=emails, text=text).text
    assert words in page
    assert ("Zoë Müller" in page) == ("Nobody" not in words and "Latin" not in words)


def test_a_candidate_is_shown_when_the_agent_picks_it(desk: Desk) -> None:
    page = desk.open(emails="zoe+shop@example.com")
    chosen = desk.browser.get(f"{place(page)}/panel?person={ZOE}")
    assert "Your choice, by address without its tag" in chosen.text
    assert "nothing in the ticket names this customer" in desk.browser.get(f"{place(page)}/panel?person={KENJI}").text
    assert desk.browser.get(f"{place(page)}/panel?person=per_none").status_code == 404


def test_what_can_be_done_is_offered_and_the_rest_has_its_reason(desk: Desk) -> None:
    page = desk.open().text
    assert 'href="/in/' in page and "action=refund&amp;account=stripe%2Feu" in page
    assert "The charge is disputed: its money is with the card network" in page
    assert "<h2>Subscriptions</h2>" in page and "<h2>Open invoices</h2>" in page and "stripe/eu</dt>" in page


def test_every_address_of_the_frame_keeps_the_session(desk: Desk) -> None:
    page = desk.open().text
    for address in re.findall(r'(?:href|action|data-live|data-watch)="(/[^"]*)"', page):
        assert address.startswith(("/in/", "/assets/", "/customers/", "/documents/")), address
    outside = re.findall(r'<a href="(/(?:customers|documents)/[^"]*)"([^>]*)', page)
    assert outside and all("_blank" in rest for _, rest in outside)


def _ask(desk: Desk, page_text: str) -> str:
    found = re.search(r'href="(/in/[^"]*/ask\?action=refund[^"]*ch_zoe1_invoiced)"', page_text)
    assert found
    return found[1].replace("&amp;", "&")


def test_ticket_and_match_travel_in_the_sealed_form(desk: Desk, prefect: PrefectStandIn) -> None:
    opened = desk.open()
    form = desk.browser.get(_ask(desk, opened.text) + "&match=identifier&ticket=another/1")
    assert "I made sure that it is the right customer" in form.text and "zendesk/main/12" in form.text
    filled = {**hidden(form.text), "amount": "10.00", "reason_code": "goodwill", "reason_text": "Late"}
    shown = desk.browser.post(f"{place(opened)}/actions", data={**filled, "ticket": "forged/2", "is_sure": "yes"})
    assert "What happens" in shown.text
    sent = desk.browser.post(
        f"{place(opened)}/actions", data={**filled, **hidden(shown.text), "is_sure": "yes", "ticket": "forged/2"}
    )
    assert place(sent) and "/actions/" in sent.url.path
    (run,) = [run for run in prefect.runs.values() if "request" in run["parameters"]]
    request = run["parameters"]["request"]
    assert (request["ticket"], request["customer_match"], request["authenticated_by"]) == (
        "zendesk/main/12",
        "email",
        "zendesk",
    )
    assert request["requester"] == "agent@sandbox.example" and request["is_match_confirmed"] is True
    assert "ticket:zendesk/main/12" in run["tags"]


def test_an_address_alone_must_be_confirmed(desk: Desk, prefect: PrefectStandIn) -> None:
    opened = desk.open()
    form = desk.browser.get(_ask(desk, opened.text))
    filled = {**hidden(form.text), "amount": "119.00", "reason_code": "goodwill", "reason_text": "Late"}
    shown = desk.browser.post(f"{place(opened)}/actions", data=filled)
    refused = desk.browser.post(f"{place(opened)}/actions", data={**filled, **hidden(shown.text)})
    assert "make sure that it is the right one" in refused.text
    assert not [run for run in prefect.runs.values() if "request" in run["parameters"]]


def test_a_form_of_one_ticket_is_not_taken_beside_another(desk: Desk, prefect: PrefectStandIn) -> None:
    first, second = desk.open(ticket="12"), desk.open(ticket="13")
    filled = {**hidden(desk.browser.get(_ask(desk, first.text)).text), "amount": "10.00", "reason_code": "goodwill"}
    csrf = hidden(desk.browser.get(_ask(desk, second.text)).text)["csrf"]
    answer = desk.browser.post(f"{place(second)}/actions", data={**filled, "csrf": csrf, "is_sure": "yes"})
    assert answer.status_code == 400 and "not yours" in answer.text
    assert desk.browser.post(f"{place(second)}/actions", data=filled).status_code == 403, "another ticket's CSRF token"
    window = desk.web.as_role("agent")
    own = hidden(window.get("/ask?action=refund&account=stripe/eu&id=ch_zoe1_invoiced").text)["csrf"]
    assert window.post("/actions", data={**filled, "csrf": own}).status_code == 400, "not outside of the frame either"


def test_a_cookie_counts_for_nothing_in_a_frame(desk: Desk) -> None:
    token = place(desk.open()).removeprefix("/in/")
    lead = desk.web.as_role("lead")
    assert "agent@sandbox.example (agent)" in lead.get(f"/in/{token}/panel").text
    for wrong in (token[:-4], token[:-4] + "AAAA", "A" * 100):
        assert lead.get(f"/in/{wrong}/panel").status_code == 404


@pytest.mark.parametrize("path", ["/", "/customers", "/tax", "/sign-in", "/audit", "/panel/zendesk/main", "/documents"])
def test_other_pages_do_not_exist_in_a_frame(desk: Desk, path: str) -> None:
    assert desk.browser.get(f"{place(desk.open())}{path}").status_code == 404


def test_a_panel_that_was_left_open_ends_and_one_that_is_used_goes_on(desk: Desk) -> None:
    first = place(desk.open())
    desk.pass_time(minutes=20)
    renewed = desk.browser.get(f"{first}/panel")
    assert place(renewed) != first and "Zoë" in renewed.text
    desk.pass_time(minutes=50)
    assert "Zoë" in desk.browser.get(f"{place(renewed)}/panel").text
    ended = desk.browser.get(f"{first}/panel")
    assert ended.status_code == 401 and "Open the ticket again" in ended.text and "Zoë" not in ended.text
    assert "frame-ancestors 'self' https://zendesk.example" in ended.headers["content-security-policy"]
    assert desk.browser.get(f"{first}/panel/state").json().keys() == {"error"}


def test_nothing_is_renewed_for_ever(desk: Desk) -> None:
    at = place(desk.open())
    for _ in range(20):
        desk.pass_time(minutes=31)
        answer = desk.browser.get(f"{at}/panel")
        if answer.status_code == 401:
            return
        at = place(answer)
    pytest.fail("the session in the frame never ended")


def test_the_state_changes_with_the_data_and_with_actions(desk: Desk, prefect: PrefectStandIn) -> None:
    at = place(desk.open())
    first = desk.browser.get(f"{at}/panel/state")
    assert desk.browser.get(f"{at}/panel/state", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    desk.sees_ticket("12", "zoe@example.com", "now with cus_kenji")
    second = desk.browser.get(f"{at}/panel/state", headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200 and second.json()["mark"] != first.json()["mark"]


def test_markup_of_tickets_and_names_stays_text(desk: Desk) -> None:
    page = desk.open(emails="evil@example.com", text="<script>alert(2)</script>").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script>alert" not in page
    odd = desk.open(emails='"><img src=x onerror=alert(1)>@example.com', text="<b>ch_x1234</b>").text
    assert "<img" not in odd and "onerror" not in odd


def test_a_guest_can_be_found_by_the_text_on_the_statement(desk: Desk) -> None:
    at = place(desk.open())
    assert "Kenji Tanaka" in desk.browser.get(f"{at}/panel?q=TANAKA BOOKS").text
    assert "on the statement: TANAKA BOOKS TOKYO" in desk.browser.get(f"{at}/panel?q=tanaka books").text
    assert "0 found" in desk.browser.get(f"{at}/panel?q=nowhere to be found").text


def test_a_charge_that_was_likely_taken_twice_is_marked(desk: Desk) -> None:
    with duckdb.connect(str(desk.var / "published" / "small.duckdb")) as connection:
        for table in ("canonical.charges", "marts.charge_search"):
            again = "'ch_zoe1_again' AS charge_id, created_at + INTERVAL 9 MINUTES AS created_at"
            connection.execute(
                f"INSERT INTO {table} BY NAME SELECT * REPLACE ({again}) FROM {table} WHERE charge_id LIKE 'ch_zoe1%'"
            )
    opened = desk.open()
    page = opened.text
    assert page.count("likely a duplicate") == 1
    assert page.index('id="ch_zoe1_again"') < page.index("likely a duplicate") < page.index('id="ch_zoe1_invoiced"')
    explained = desk.browser.get(f"{place(opened)}/panel/explain?account=stripe/eu&id=ch_zoe1_again")
    assert "Likely taken twice" in explained.text


@pytest.mark.parametrize(
    ("written", "read"),
    [(" Jane@Example.COM ", "jane@example.com"), ("no address", ""), ("a@b@c", ""), ("a" * 300 + "@b.c", "")],
)
def test_addresses_have_one_spelling(written: str, read: str) -> None:
    assert normalised(written) == read


def test_look_alikes_are_told_and_tags_taken_off() -> None:
    assert mixes_alphabets("jаne@example.com") and not mixes_alphabets("jane.o-neil@exämple.com")
    assert without_tag("jane+a+b@x.org") == "jane@x.org" and without_tag("+@x.org") == "+@x.org"


def test_clues_are_bounded_whatever_a_ticket_holds() -> None:
    many = " ".join(f"ch_{n:05d} 10.{n % 100:02d} EUR ending in {n:04d} 2026-11-{n % 28 + 1:02d}" for n in range(9_000))
    clues = clues_of(emails=[f"a{n}@x.org" for n in range(99)], name="x" * 999, text=many)
    assert len(clues.emails) == 5 and len(clues.identifiers) == 12 and len(clues.amounts) == 4 and len(clues.name) == 80


def test_amounts_keep_their_currencys_decimals() -> None:
    clues = clues_of(emails=[], text="80000 JPY, 12.345 KWD, 19,99 EUR, ¥500, 1.5 JPY")
    assert set(clues.amounts) == {(80000, "JPY"), (12345, "KWD"), (1999, "EUR"), (500, "JPY")}
