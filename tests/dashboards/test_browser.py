"""The pages in a real browser: nothing breaks the content policy, and nothing asks another host."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dashboards.app import make_app
from tests.dashboards.conftest import settings_for
from tests.dashboards.prefect_stand_in import PrefectStandIn
from tests.dashboards.published_fixture import ZOE
from tests.dashboards.published_reports import NOW

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium; apt-get install chromium"),
]


@dataclass(slots=True)
class Seen:
    """What a page asked for and complained about."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def _serving(var: Path, prefect: PrefectStandIn) -> Iterator[str]:
    app = make_app(settings_for(var, prefect_port=prefect.port), is_sandbox=True, webhook_secrets={}, clock=lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the web service did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)


@pytest.fixture
def site(var: Path, prefect: PrefectStandIn) -> Iterator[str]:
    with _serving(var, prefect) as base:
        yield base


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


def _open(browser: Browser, base: str, role: str, *, width: int = 1280, is_dark: bool = False) -> tuple[Page, Seen]:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme="dark" if is_dark else "light")
    page, seen = context.new_page(), Seen()
    page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.goto(f"{base}/sandbox/sign-in")
    page.click(f"button[value={role}]")
    page.wait_for_load_state("networkidle")
    return page, seen


def test_an_agent_refunds_and_watches_it_happen(browser: Browser, site: str, prefect: PrefectStandIn) -> None:
    page, seen = _open(browser, site, "agent")
    page.locator("#main").focus()
    page.keyboard.press("/")
    page.keyboard.type("müller 4242")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Zoë Müller").click()
    page.locator("#ch_zoe2_part").get_by_role("link", name="Refund").click()
    page.get_by_label("Amount in EUR").fill("10")
    page.get_by_label("Reason").select_option("goodwill")
    page.get_by_label("Why, in a few words").fill("Late by a week")
    page.get_by_role("button", name="Show what happens").click()
    expect(page.get_by_text("20.00 EUR of this charge can still be refunded")).to_be_visible()
    page.get_by_role("button", name="Refund 10.00 EUR").click()
    page.wait_for_url("**/actions/*-*")
    state = page.locator("[data-live-state]")
    expect(state).to_have_text("Queued")
    (run_id,) = prefect.runs
    prefect.move(run_id, "RUNNING", "Running", "Reading the charge.")
    expect(state).to_have_text("Running")
    prefect.move(run_id, "COMPLETED", "Done", "10.00 EUR were given back.")
    expect(state).to_have_text("Done")
    expect(page.locator(".outcome").get_by_text("10.00 EUR were given back.")).to_be_visible()
    assert seen.complaints == []
    assert seen.hosts == {urlsplit(site).netloc}


def test_the_chart_answers_when_pointed_at_under_the_strict_policy(browser: Browser, site: str) -> None:
    page, seen = _open(browser, site, "finance")
    chart = page.locator(".chart")
    assert chart.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
    chart.hover()
    bars = chart.locator("svg [role=graphics-symbol][aria-roledescription=bar]")
    expect(bars).to_have_count(3)
    bars.first.hover(force=True)
    expect(page.locator("#vg-tooltip-element")).to_contain_text("30.00 EUR")
    assert seen.complaints == []
    assert seen.hosts == {urlsplit(site).netloc}


PAGES = {
    "finance": [
        "/",
        "/tax",
        "/documents",
        "/reconciliation",
        "/reconciliation/bank",
        "/reconciliation/balance",
        "/revenue/rows",
    ],
    "agent": [
        "/customers",
        "/customers?q=e",
        f"/customers/{ZOE}",
        "/ask?action=refund&account=stripe/eu&id=ch_zoe2_part",
        "/ask?action=change_address&account=stripe/eu&id=cus_zoe&match=email",
    ],
    "auditor": ["/audit", "/actions"],
    "engineer": ["/pipelines"],
}


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_is_wider_than_the_window(browser: Browser, site: str, width: int) -> None:
    for role, paths in PAGES.items():
        page, seen = _open(browser, site, role, width=width, is_dark=width == 320)
        for path in paths:
            page.goto(f"{site}{path}")
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert beyond <= 0, (path, width)
        assert seen.complaints == []
        page.context.close()


def test_the_first_tab_leads_past_the_head_of_the_page(browser: Browser, site: str) -> None:
    page, _ = _open(browser, site, "finance")
    page.goto(f"{site}/tax")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_pages_work_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/sandbox/sign-in")
    page.click("button[value=finance]")
    expect(page.locator(".chart img")).to_be_visible()
    page.click(".stub >> nth=0")
    expect(page.locator("h1")).to_contain_text("Gross")
