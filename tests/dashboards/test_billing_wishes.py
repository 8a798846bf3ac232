"""What a customer asks for on their own page: a signed request for their own object, once, and what came of it."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from itsdangerous import TimestampSigner

from counterfoil.requests import ActionRequest, verified_request
from counterfoil.signing_keys import public_keys
from dashboards.billing.sessions import BY_STAFF
from tests.dashboards.conftest import CLOSED_PORT, ROOT, hidden
from tests.dashboards.prefect_stand_in import PrefectStandIn
from tests.dashboards.published_fixture import KENJI, ZOE
from tests.dashboards.published_reports import NOW
from tests.dashboards.shop import Shop, open_shop

CANCEL = "/billing/ask?action=cancel_subscription&account=stripe/eu&id=sub_zoe"
TAX_ID = "/billing/ask?action=add_tax_id&account=stripe/eu&id=cus_zoe"
ADDRESS = "/billing/ask?action=change_address&account=stripe/eu&id=cus_zoe"
NEW_ADDRESS = {"line1": "Rue 1", "line2": "", "postal_code": "75001", "city": "Paris", "state": "", "country": "fr"}


@pytest.fixture
def shop(var: Path, prefect: PrefectStandIn) -> Iterator[Shop]:
    yield open_shop(var, prefect={"port": prefect.port})


def request_of(shop: Shop, run: dict[str, Any]) -> ActionRequest:
    """The request of a run, as the worker verifies it."""
    keys = public_keys(shop.app.state.service.paths.keys)  # type: ignore[attr-defined]
    return verified_request(run["parameters"]["request"], run["parameters"]["signature"], keys, now=NOW)


def sent(browser: TestClient, address: str, **fields: str) -> Any:
    """The answer to the form at an address."""
    return browser.post("/billing/ask", data={**hidden(browser.get(address).text), **fields})


def only(prefect: PrefectStandIn) -> tuple[str, dict[str, Any]]:
    ((run_id, run),) = prefect.runs.items()
    return run_id, run


def test_a_subscription_is_cancelled_at_the_end_of_its_period_in_the_customers_name(
    shop: Shop, prefect: PrefectStandIn
) -> None:
    browser = shop.inside()
    home = browser.get("/billing").text
    assert home.count("action=cancel_subscription") == 1, "the one that has ended cannot be cancelled"
    page = browser.get(CANCEL).text
    assert "Atlas" in page
    assert "10 December 2026" in page
    answer = browser.post("/billing/ask", data=hidden(page))
    run_id, run = only(prefect)
    assert answer.url.path == f"/billing/asked/{run_id}"
    request = request_of(shop, run)
    assert (request.action, request.account, request.object_id) == ("cancel_subscription", "stripe/eu", "sub_zoe")
    assert (request.requester, request.role) == (f"customer:{ZOE}", "customer")
    assert request.authenticated_by == "customer link by cli"
    assert request.details["at_period_end"] is True
    assert request.reason_code == "requested_by_customer"
    assert (request.customer_id, request.amount_minor) == ("cus_zoe", None)


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        (("SCHEDULED", "Scheduled"), "We are at it"),
        (("COMPLETED", "Done"), "and nothing more is charged"),
        (("COMPLETED", "Pending"), "not confirmed yet"),
        (("FAILED", "Refused"), "could not be done, and nothing was changed"),
        (("PAUSED", "Awaiting approval"), "looks at it first"),
        (("CANCELLED", "Cancelled"), "could not be done, and nothing was changed"),
        (("FAILED", "Failed later"), "could not be done after all"),
        (("CRASHED", "Crashed"), "We do not know yet"),
        (("FAILED", "Failed"), "We do not know yet"),
    ],
)
def test_nobody_is_told_what_the_gateway_has_not_confirmed(
    shop: Shop, prefect: PrefectStandIn, moved: tuple[str, str], words: str
) -> None:
    browser = shop.inside()
    answer = sent(browser, CANCEL)
    prefect.move(only(prefect)[0], *moved, "A sentence for agents.")
    page = browser.get(answer.url.path)
    assert words in page.text
    assert "A sentence for agents" not in page.text
    assert ("refresh" in page.headers) == (words == "We are at it")


def test_the_same_form_sent_again_is_the_same_request(shop: Shop, prefect: PrefectStandIn) -> None:
    browser = shop.inside()
    form = hidden(browser.get(CANCEL).text)
    places = {browser.post("/billing/ask", data=form).url.path for _ in range(3)}
    assert places == {f"/billing/asked/{only(prefect)[0]}"}


def test_a_second_form_for_the_same_thing_leads_to_the_first_request(shop: Shop, prefect: PrefectStandIn) -> None:
    browser = shop.inside()
    forms = [hidden(browser.get(CANCEL).text) for _ in range(2)]
    places = {browser.post("/billing/ask", data=form).url.path for form in forms}
    assert places == {f"/billing/asked/{only(prefect)[0]}"}


@pytest.mark.parametrize(("written", "kept"), [("de 136 695 976", "DE136695976"), ("FR40303265045", "FR40303265045")])
def test_a_tax_id_is_checked_and_stored_plainly(shop: Shop, prefect: PrefectStandIn, written: str, kept: str) -> None:
    answer = sent(shop.inside(), TAX_ID, tax_id=written)
    request = request_of(shop, only(prefect)[1])
    assert answer.url.path.startswith("/billing/asked/")
    assert dict(request.details) == {"tax_id": kept, "tax_id_type": "eu_vat"}
    assert request.object_id == "cus_zoe"


@pytest.mark.parametrize("wrong", ["", "DE136695977", "DE", "FR136695976", "<b>", "9" * 400])
def test_what_is_no_tax_id_is_said_and_nothing_is_queued(shop: Shop, prefect: PrefectStandIn, wrong: str) -> None:
    answer = sent(shop.inside(), TAX_ID, tax_id=wrong)
    assert answer.status_code == 400
    assert "This is no tax id" in answer.text
    assert "<b>" not in answer.text
    assert prefect.runs == {}


def test_an_address_is_sent_as_it_was_written(shop: Shop, prefect: PrefectStandIn) -> None:
    answer = sent(shop.inside(), ADDRESS, **NEW_ADDRESS)
    assert answer.url.path.startswith("/billing/asked/")
    details = request_of(shop, only(prefect)[1]).details
    assert details == {**NEW_ADDRESS, "country": "FR"}


@pytest.mark.parametrize(
    "wrong", [{"line1": " "}, {"city": ""}, {"country": "France"}, {"country": "1x"}, {"line1": "x" * 5_000}]
)
def test_half_an_address_is_kept_in_the_form_and_nothing_is_queued(
    shop: Shop, prefect: PrefectStandIn, wrong: dict[str, str]
) -> None:
    answer = sent(shop.inside(), ADDRESS, **(NEW_ADDRESS | wrong))
    assert answer.status_code == 400
    assert "75001" in answer.text
    assert prefect.runs == {}


@pytest.mark.parametrize(
    "address",
    [
        CANCEL,
        TAX_ID,
        ADDRESS,
        CANCEL.replace("sub_zoe", "sub_nothing"),
        CANCEL.replace("cancel_subscription", "refund").replace("sub_zoe", "ch_kenji1"),
        CANCEL.replace("stripe/eu", "stripe/us"),
        "/billing/ask",
    ],
)
def test_nothing_of_another_customer_is_there(shop: Shop, address: str) -> None:
    assert shop.inside(KENJI).get(address).status_code == 404


@pytest.mark.parametrize("action", ["refund", "charge_again", "cancel_everything", "apply_coupon"])
def test_no_other_action_is_there_on_the_customers_own_things(shop: Shop, action: str) -> None:
    browser = shop.inside()
    for kept in ("ch_zoe1_invoiced", "sub_zoe", "cus_zoe"):
        answer = browser.get("/billing/ask", params={"action": action, "account": "stripe/eu", "id": kept})
        assert answer.status_code == 404


def test_a_form_of_one_customer_is_worth_nothing_to_another(shop: Shop, prefect: PrefectStandIn) -> None:
    form = hidden(shop.inside().get(CANCEL).text)
    kenji = shop.inside(KENJI)
    mine = hidden(kenji.get(CANCEL.replace("sub_zoe", "sub_kenji")).text)
    answer = kenji.post("/billing/ask", data={**form, "csrf": mine["csrf"]})
    assert answer.status_code == 400
    assert prefect.runs == {}


@pytest.mark.parametrize("change", ["cut", "changed", "none", "csrf"])
def test_a_form_that_was_changed_does_nothing(shop: Shop, prefect: PrefectStandIn, change: str) -> None:
    browser = shop.inside()
    form = hidden(browser.get(CANCEL).text)
    sealed = form["sealed"]
    form |= {
        "cut": {"sealed": sealed[:-20]},
        "changed": {"sealed": ("B" if sealed[0] != "B" else "C") + sealed[1:]},
        "none": {"sealed": ""},
        "csrf": {"csrf": "x" * 32},
    }[change]
    assert browser.post("/billing/ask", data=form).status_code == (403 if change == "csrf" else 400)
    assert prefect.runs == {}


def test_a_form_is_worth_nothing_after_an_hour(
    shop: Shop, prefect: PrefectStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = shop.inside()
    form = hidden(browser.get(CANCEL).text)
    later = int(time.time()) + 3_601
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: later)
    answer = browser.post("/billing/ask", data=form)
    assert answer.status_code == 400
    assert "out of date" in answer.text
    assert prefect.runs == {}


def test_a_link_that_staff_made_only_shows(shop: Shop, prefect: PrefectStandIn) -> None:
    browser = shop.inside(made_by=f"{BY_STAFF}agent@sandbox.example")
    home = browser.get("/billing").text
    assert "Atlas" in home
    assert "/billing/ask" not in home
    assert "it only shows" in home
    assert browser.get(CANCEL).status_code == 404
    own = hidden(shop.inside().get(CANCEL).text)
    answer = browser.post("/billing/ask", data={**own, "csrf": hidden(home)["csrf"]})
    assert answer.status_code == 400
    assert prefect.runs == {}


def test_a_company_that_lets_customers_do_nothing_shows_no_button(var: Path, prefect: PrefectStandIn) -> None:
    text = (ROOT / "policy.toml").read_text()
    parts = text.split("\n\n")
    strict = var / "policy.toml"
    strict.write_text("\n\n".join(part for part in parts if "[roles.customer." not in part))
    assert "customer" not in tomllib.loads(strict.read_text())["roles"]
    browser = open_shop(var, prefect={"port": prefect.port}, policy_file=strict).inside()
    assert "/billing/ask" not in browser.get("/billing").text
    assert browser.get(CANCEL).status_code == 404


def test_an_account_that_is_only_observed_shows_no_button(var: Path) -> None:
    accounts = [{"name": "stripe/eu", "api_base": "http://127.0.0.1:8431", "mode": "observe"}]
    browser = open_shop(var, accounts=accounts).inside()
    assert "/billing/ask" not in browser.get("/billing").text
    assert browser.get(CANCEL).status_code == 404


def test_while_the_queue_is_away_the_form_stays_and_counts_once(var: Path, prefect: PrefectStandIn) -> None:
    away = open_shop(var, prefect={"port": CLOSED_PORT}).inside()
    answer = sent(away, TAX_ID, tax_id="DE136695976")
    assert answer.status_code == 503
    assert "it counts once" in answer.text
    assert "DE136695976" in answer.text
    again = open_shop(var, prefect={"port": prefect.port}).inside()
    form = {**hidden(answer.text), "csrf": hidden(again.get("/billing").text)["csrf"], "tax_id": "DE136695976"}
    assert again.post("/billing/ask", data=form).url.path == f"/billing/asked/{only(prefect)[0]}"


def test_what_another_asked_for_is_not_there(shop: Shop) -> None:
    place = sent(shop.inside(), CANCEL).url.path
    assert shop.inside().get(place).status_code == 200
    assert shop.inside(KENJI).get(place).status_code == 404
    assert shop.browser().get(place).url.path == "/billing/code"
    assert shop.inside().get("/billing/asked/00000000-0000-4000-8000-000000000000").status_code == 404
    assert shop.inside().get("/billing/asked/nonsense").status_code == 404
