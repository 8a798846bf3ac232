"""An agent refunds in a real browser, through the real queue, and everybody sees the same afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from counterfoil.paths import Paths
from tests.actions.stand import wait_for
from tests.e2e.conftest import Installation
from warehouse.published import PublishedFile

pytestmark = [pytest.mark.e2e, pytest.mark.browser]

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
WAIT_MS = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield opened
        opened.close()


def signed_in(browser: Browser, installation: Installation, role: str) -> Page:
    page = browser.new_context().new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{installation.web}/sandbox/sign-in")
    page.locator(f"button[value={role}]").click()
    return page


def refundable(installation: Installation, at_least: int) -> str:
    """A published card charge in EUR that is not disputed, and of which nothing is refunded by the stand-in's books."""
    rows = PublishedFile(Paths(installation.var).published).rows(
        "SELECT charge_id FROM canonical.charges WHERE account = 'stripe/eu' AND status = 'succeeded'"
        " AND NOT is_disputed AND currency = 'EUR' AND payment_method = 'card' AND captured_minor >= ?"
        " ORDER BY created_at DESC, charge_id",
        (at_least,),
    )
    books = installation.books()["charges"]
    return next(str(row["charge_id"]) for row in rows if not books[row["charge_id"]]["refunds"])


def ours(installation: Installation, charge_id: str) -> list[int]:
    refunds = installation.books()["charges"][charge_id]["refunds"]
    return [refund["amount"] for refund in refunds if refund["metadata"].get("counterfoil_request_id")]


def ask_for_refund(page: Page, installation: Installation, charge_id: str, amount: str) -> None:
    page.goto(f"{installation.web}/customers?q={charge_id}")
    if page.locator("a[href^='/customers/per_']").count() and "/customers/per_" not in page.url:
        page.locator("a[href^='/customers/per_']").first.click()
    page.locator(f"a[href*='action=refund'][href*='{charge_id}']").first.click()
    page.locator("input[name=amount]").fill(amount)
    page.locator("select[name=reason_code]").select_option("duplicate")
    page.locator("textarea[name=reason_text]").fill("Taken twice <b>really</b>")
    page.locator("form[action='/actions'] button").click()
    if page.locator("form[action='/actions']").count():
        page.locator("form[action='/actions'] button").click()
    page.wait_for_url("**/actions/*-*")


def test_an_agent_finds_a_charge_refunds_part_of_it_and_sees_it_done(
    browser: Browser, installation: Installation
) -> None:
    charge_id = refundable(installation, 500)
    page = signed_in(browser, installation, "agent")
    ask_for_refund(page, installation, charge_id, "1.23")
    expect(page.get_by_text("Done", exact=True).first).to_be_visible(timeout=WAIT_MS)
    assert ours(installation, charge_id) == [123]
    assert page.locator("b", has_text="really").count() == 0
    published = PublishedFile(Paths(installation.var).published)
    sql = "SELECT amount_minor FROM canonical.refunds WHERE charge_id = ? AND request_id IS NOT NULL"
    wait_for("the refund in the published file", lambda: published.rows(sql, (charge_id,)), 60)
    assert published.rows(sql, (charge_id,)) == [{"amount_minor": 123}]


def test_the_same_refund_again_within_minutes_is_shown_and_not_sent(
    browser: Browser, installation: Installation
) -> None:
    charge_id = refundable(installation, 500)
    page = signed_in(browser, installation, "agent")
    ask_for_refund(page, installation, charge_id, "1.00")
    expect(page.get_by_text("Done", exact=True).first).to_be_visible(timeout=WAIT_MS)
    page.goto(f"{installation.web}/ask?action=refund&account=stripe/eu&id={charge_id}")
    page.locator("input[name=amount]").fill("1.00")
    page.locator("select[name=reason_code]").select_option("duplicate")
    page.locator("textarea[name=reason_text]").fill("again by mistake")
    page.locator("form[action='/actions'] button").click()
    if "asked for a moment ago" not in page.content():
        page.locator("form[action='/actions'] button").click()
    expect(page.get_by_text("The same was asked for a moment ago.")).to_be_visible()
    assert ours(installation, charge_id) == [100]


def test_a_large_refund_waits_for_a_lead_who_is_not_the_agent(browser: Browser, installation: Installation) -> None:
    charge_id = refundable(installation, 20_100)
    agent = signed_in(browser, installation, "agent")
    ask_for_refund(agent, installation, charge_id, "201.00")
    expect(agent.get_by_text("Awaiting approval").first).to_be_visible(timeout=WAIT_MS)
    assert ours(installation, charge_id) == []
    lead = signed_in(browser, installation, "lead")
    lead.goto(agent.url)
    lead.locator("button[value=approve]").click()
    expect(lead.get_by_text("Done", exact=True).first).to_be_visible(timeout=WAIT_MS)
    assert ours(installation, charge_id) == [20_100]


def test_an_agent_may_not_read_the_books_and_an_auditor_may(browser: Browser, installation: Installation) -> None:
    agent = signed_in(browser, installation, "agent")
    answer = agent.goto(f"{installation.web}/audit")
    assert answer is not None and answer.status == 403
    auditor = signed_in(browser, installation, "auditor")
    auditor.goto(f"{installation.web}/audit")
    expect(auditor.get_by_text(installation.summary["action"]["charge_id"]).first).to_be_visible()
