"""A customer's own billing page: who gets in, what they see, and that it is their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from counterfoil.customer_codes import Codes, new_attempt
from dashboards.app import make_app
from dashboards.billing.codes import plain_address, send_code_soon
from dashboards.billing.sessions import COOKIE
from tests.dashboards.conftest import Web, hidden, token
from tests.dashboards.prefect_stand_in import PrefectStandIn
from tests.dashboards.published_fixture import EVIL, KENJI, ZOE
from tests.dashboards.published_reports import NOW
from tests.dashboards.shop import KEY, Shop, open_shop


@pytest.fixture(scope="module")
def shop(shared_web: Web) -> Iterator[Shop]:
    yield open_shop(shared_web.paths.var)


@pytest.fixture(autouse=True)
def _at_its_time(shop: Shop) -> None:
    shop.now = NOW


def _document_of_zoe(browser: TestClient) -> str:
    page = browser.get("/billing").text
    assert "INV-2026-000001" in page
    return str(page.partition('href="/billing/documents/')[2].partition('"')[0])


def test_a_link_opens_the_history_of_its_person(shop: Shop) -> None:
    page = shop.inside().get("/billing").text
    assert "Zoë Müller" in page
    for word in (
        "119,00 €".replace(" ", "\u00a0"),
        "10 November 2026",
        "Partly refunded",
        "Disputed with the bank",
        "nothing was charged",
    ):
        assert word in page
    assert "Kenji" not in page


def test_a_link_opens_once_and_looking_at_it_does_not_use_it(shop: Shop) -> None:
    link = shop.link()
    fields = [hidden(shop.browser().get(link).text) for _ in range(2)][0]
    first = shop.browser()
    form = hidden(first.get(link).text)
    assert first.post("/billing/enter", data=form).url.path == "/billing"
    second = shop.browser()
    replayed = second.post("/billing/enter", data={**fields, "csrf": token(second.get("/billing/code").text)})
    assert replayed.status_code == 403
    assert "opened before" in replayed.text


@pytest.mark.parametrize("attack", ["forged", "truncated", "lengthened", "expired", "empty"])
def test_no_bad_link_opens_anything(shop: Shop, attack: str) -> None:
    good = shop.link()
    bad = {
        "forged": good[:-9] + "AAAAAAAA=",
        "truncated": good[: len(good) // 2],
        "lengthened": good + "x" * 3_000,
        "expired": good,
        "empty": "/billing/enter/%20",
    }[attack]
    shop.now = NOW + timedelta(hours=2) if attack == "expired" else NOW
    browser = shop.browser()
    answer = browser.get(bad)
    assert answer.status_code == 403
    assert browser.get("/billing").url.path == "/billing/code"


def test_a_new_secret_ends_links_and_sessions(shop: Shop) -> None:
    link, browser = shop.link(), shop.inside()
    shop.links.end_all()
    assert shop.browser().get(link).status_code == 403
    assert browser.get("/billing").url.path == "/billing/code"


def test_a_session_ends_after_two_hours(shop: Shop) -> None:
    browser = shop.inside()
    shop.now = NOW + timedelta(hours=2, seconds=1)
    assert browser.get("/billing").url.path == "/billing/code"


def test_a_customers_session_opens_nothing_of_staff_and_staffs_nothing_of_a_customer(
    shop: Shop, shared_web: Web
) -> None:
    browser = shop.inside()
    assert browser.get("/customers", follow_redirects=False).status_code == 303
    assert browser.get(f"/api/customers/{ZOE}/billing-link").status_code == 401
    assert shared_web.as_role("lead").get("/billing").url.path == "/billing/code"


def test_own_documents_are_served_as_stored_and_others_are_not_there(shop: Shop) -> None:
    zoe = shop.inside()
    name = _document_of_zoe(zoe)
    assert zoe.get(f"/billing/documents/{name}").content == b"%PDF-1.7 as stored"
    assert shop.inside(KENJI).get(f"/billing/documents/{name}").status_code == 404
    assert zoe.get("/billing/documents/00000000-0000-4000-8000-000000000000.pdf").status_code == 404
    assert shop.browser().get(f"/billing/documents/{name}").url.path == "/billing/code"


def test_only_own_payments_are_explained(shop: Shop) -> None:
    browser = shop.inside()
    own = browser.get("/billing/charge", params={"account": "stripe/eu", "id": "ch_zoe2_part"})
    assert "On 5 October 2026 we charged 50,00\u00a0€ to your Visa •••• 4242." in own.text
    other = browser.get("/billing/charge", params={"account": "stripe/eu", "id": "ch_kenji1"})
    assert other.status_code == 404


def test_a_name_that_is_a_script_is_shown_as_text(shop: Shop) -> None:
    page = shop.inside(EVIL).get("/billing").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_form_without_the_sessions_token_does_nothing_and_no_site_may_frame_a_page(shop: Shop) -> None:
    browser = shop.inside()
    assert browser.post("/billing/enter", data={"token": shop.link().rpartition("/")[2]}).status_code == 403
    answer = browser.get("/billing")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_cookie_is_for_these_pages_only_and_unreadable(shop: Shop) -> None:
    browser = shop.browser()
    form = hidden(browser.get(shop.link()).text)
    header = browser.post("/billing/enter", data=form, follow_redirects=False).headers["set-cookie"]
    assert "Path=/billing" in header
    assert "HttpOnly" in header
    assert ZOE not in header


@pytest.mark.parametrize("name", [ZOE, "cus_zoe"])
def test_a_companys_site_gets_a_link_for_its_key(shop: Shop, name: str) -> None:
    answer = shop.browser().get(
        f"/api/customers/{name}/billing-link?minutes=5", headers={"Authorization": f"Bearer {KEY}"}
    )
    assert answer.status_code == 200
    assert shop.browser().get(answer.json()["url"]).status_code == 200
    assert datetime.fromisoformat(answer.json()["expires_at"]) == NOW + timedelta(minutes=5)


def test_nobody_else_gets_one(shop: Shop) -> None:
    address = f"/api/customers/{ZOE}/billing-link"
    assert shop.browser().get(address, headers={"Authorization": f"Bearer {KEY}x"}).status_code == 401
    assert shop.browser().get(address).status_code == 401
    headers = {"Authorization": f"Bearer {KEY}"}
    assert shop.browser().get("/api/customers/per_nobody/billing-link", headers=headers).status_code == 404
    assert shop.browser().get(f"{address}?minutes=99999", headers=headers).status_code == 400


def test_the_answer_is_the_same_for_every_address(shop: Shop) -> None:
    pages = []
    for address in ("zoe@example.com", "nobody@example.com"):
        browser = shop.browser()
        form = hidden(browser.get("/billing/code").text)
        answer = browser.post("/billing/code", data={**form, "email": address})
        pages.append((answer.status_code, answer.text.replace(token(answer.text), "")))
    assert pages[0] == pages[1]


def test_one_address_is_not_written_to_again_and_again(shop: Shop) -> None:
    browser = shop.browser()
    form = hidden(browser.get("/billing/code").text)
    answers = [browser.post("/billing/code", data={**form, "email": "often@example.com"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]


def test_addresses_that_only_look_alike_are_others() -> None:
    assert plain_address("  Zoe@Example.com ") == "zoe@example.com"
    for other in ("zoe+tag@example.com", "zoе@example.com", "zoe@example.com.", "boo\u212a@example.com"):
        assert plain_address(other) not in ("zoe@example.com", "book@example.com")


def test_a_code_is_asked_of_the_worker_for_a_known_address_only(desk: Web, prefect: PrefectStandIn) -> None:
    service = make_app(desk.settings, is_sandbox=True, webhook_secrets={}, clock=lambda: NOW).state.service
    attempt = new_attempt()
    for address in ("nobody@example.com", "zoe+tag@example.com", "zoe@example.com"):
        send_code_soon(service, address, attempt, "en").join(60)
    (run,) = prefect.runs.values()
    assert run["parameters"] == {"attempt": attempt, "person_id": ZOE, "language": "en"}
    assert "zoe@example.com" not in json.dumps(run)


def test_a_code_lets_in_once(shop: Shop, shared_web: Web) -> None:
    browser = shop.browser()
    form = hidden(browser.get("/billing/code").text)
    asked = browser.post("/billing/code", data={**form, "email": "unknown@example.net"})
    counter = shop.app.state.service.counter  # type: ignore[attr-defined]
    request = browser.build_request("GET", "/billing")
    attempt = counter.sessions.read(_Cookies(request.headers["cookie"]), now=NOW).attempt
    code = Codes(shared_web.paths).make(attempt, ZOE, now=NOW)
    wrong = browser.post("/billing/code/check", data={**hidden(asked.text), "code": "0000"})
    assert wrong.status_code == 403
    let_in = browser.post("/billing/code/check", data={**hidden(wrong.text), "code": f" {code} "})
    assert let_in.url.path == "/billing"
    assert Codes(shared_web.paths).take(attempt, str(code), now=NOW) is None


def test_a_code_is_worth_nothing_after_five_tries_or_ten_minutes(shared_web: Web) -> None:
    codes = Codes(shared_web.paths)
    tried, old = new_attempt(), new_attempt()
    code, other = codes.make(tried, ZOE, now=NOW), codes.make(old, ZOE, now=NOW)
    assert [codes.take(tried, "x", now=NOW) for _ in range(5)] == [None] * 5
    assert codes.take(tried, str(code), now=NOW) is None
    assert codes.take(old, str(other), now=NOW + timedelta(minutes=11)) is None
    assert codes.make(old, ZOE, now=NOW) is None


class _Cookies:
    """A request of which only the cookie is read."""

    def __init__(self, header: str) -> None:
        self.cookies = dict(part.strip().split("=", 1) for part in header.split(";"))
        assert COOKIE in self.cookies
