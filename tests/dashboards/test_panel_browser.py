"""The panel in a real browser, inside each helpdesk's page as its stand-in shows it; and what axe finds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect, sync_playwright

from connectors.helpdesks.registry import NAMES
from counterfoil.helpdesk_sightings import Sighting, write_sighting
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.secrets import Secret
from dashboards.app import make_app
from sandbox.helpdesks.openings import new_key, public_pem
from sandbox.helpdesks.panel import Installed, with_panel
from sandbox.helpdesks.running import make_standin, settings_of
from sandbox.standin.running import in_thread
from tests.dashboards.conftest import settings_for
from tests.dashboards.panels import SECRET
from tests.dashboards.prefect_stand_in import PrefectStandIn
from tests.dashboards.published_fixture import ZOE
from tests.dashboards.test_browser import CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium; apt-get install chromium"),
]
AGENT = "9001"


@dataclass(slots=True)
class Office:
    """Five helpdesks with a ticket of Zoë's each, and Counterfoil beside them."""

    web: str = ""
    tickets: dict[str, str] = field(default_factory=dict)
    """Helpdesk -> the address of the page of its ticket."""


@contextmanager
def _office(var: Path, prefect: PrefectStandIn) -> Iterator[Office]:
    key, office = new_key(), Office()
    server = uvicorn.Server(uvicorn.Config(_NotYet(), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    with ExitStack() as stack:
        stack.callback(thread.join, 5)
        stack.callback(setattr, server, "should_exit", True)
        thread.start()
        _wait_for(server)
        office.web = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        bases = {}
        for name in NAMES:
            chosen = settings_of(name)
            standin = make_standin(name, None, chosen, with_panel(Installed(office.web, SECRET, key)))
            ticket = standin.face.desk.open("zoe@example.com", "Zoë Müller", "Charged twice?", "<p>Hello</p>")
            bases[name] = stack.enter_context(in_thread(standin, chosen)).url
            office.tickets[name] = f"{bases[name]}{standin.pages.path}{ticket['id']}?agent={AGENT}"
        helpdesks = [{"name": f"{name}/main", "api_base": base} for name, base in bases.items()]
        secrets = {f"{name}/main": (Secret(SECRET),) for name in NAMES} | {"zendesk/main": (Secret(public_pem(key)),)}
        settings = settings_for(var, prefect_port=prefect.port, helpdesks=helpdesks)
        server.config.loaded_app.app = make_app(
            settings, is_sandbox=True, webhook_secrets={}, app_secrets=secrets, clock=utc_now
        )
        for name in ("zendesk", "helpscout"):
            seen = Sighting("agent@sandbox.example", "Ada Agent", "", utc_now().isoformat())
            write_sighting(Paths(var).helpdesks, "agents", f"{name}/main", AGENT, seen)
            ticket_id = office.tickets[name].rpartition("/")[2].partition("?")[0]
            told = Sighting("zoe@example.com", "Zoë Müller", "Charged twice?", utc_now().isoformat())
            write_sighting(Paths(var).helpdesks, "tickets", f"{name}/main", ticket_id, told)
        yield office


class _NotYet:
    """An address before there is a service behind it: the helpdesks must know it first."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def _wait_for(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the web service did not start"
        time.sleep(0.01)


@pytest.fixture
def office(var: Path, prefect: PrefectStandIn) -> Iterator[Office]:
    with _office(var, prefect) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


def _panel(page: Page) -> Frame:
    """The innermost frame of a ticket's page."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for frame in page.frames:
            if "/panel" in frame.url and "/in/" in frame.url:
                return frame
        page.wait_for_timeout(50)
    raise AssertionError([frame.url for frame in page.frames])


def _connect(context: BrowserContext, page: Page, office: Office) -> None:
    """Sign in once, in a window of one's own, and take the code back into the panel."""
    window = context.new_page()
    window.goto(f"{office.web}/sandbox/sign-in")
    window.click("button[value=agent]")
    window.wait_for_load_state("networkidle")
    window.close()
    frame = next(frame for frame in page.frames if frame.get_by_role("link", name="Get a code").count())
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Get a code").click()
    opened.value.get_by_role("button", name="Show the code").click()


@pytest.mark.parametrize("name", ["zendesk", "front", "freshdesk", "helpscout"])
def test_the_panel_opens_beside_the_ticket_and_refunds(
    browser: Browser, office: Office, prefect: PrefectStandIn, name: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(f"{said.text} {said.location['url']}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(office.tickets[name])
    if name != "zendesk":
        page.wait_for_function("() => document.querySelector('aside iframe')")
        deadline = time.monotonic() + 15
        while not any(frame.get_by_text("Connect this panel").count() for frame in page.frames):
            assert time.monotonic() < deadline, [frame.url for frame in page.frames]
            page.wait_for_timeout(50)
        _connect(context, page, office)
    frame = _panel(page)
    expect(frame.get_by_role("heading", name="Zoë Müller")).to_be_visible()
    frame.locator("#ch_zoe1_invoiced").get_by_role("link", name="Refund…").click()
    frame.get_by_label("Amount in EUR").fill("10")
    frame.get_by_label("Reason").select_option("goodwill")
    frame.get_by_label("Why, in a few words").fill("Late by a week")
    frame.get_by_label("I made sure").check()
    frame.get_by_role("button", name="Show what happens").click()
    frame.get_by_label("I made sure").check()
    frame.get_by_role("button", name="Refund 10.00 EUR").click()
    expect(frame.locator("[data-live-state]")).to_have_text("Queued")
    (run,) = [run for run in prefect.runs.values() if "request" in run["parameters"]]
    prefect.move(run["id"], "COMPLETED", "Done", "10.00 EUR were given back.")
    expect(frame.locator("[data-live-state]")).to_have_text("Done")
    request = run["parameters"]["request"]
    assert request["ticket"].startswith(f"{name}/main/") and request["requester"] == "agent@sandbox.example"
    assert request["authenticated_by"] == ("zendesk" if name == "zendesk" else "session")
    # The stand-ins have no icon.
    assert [one for one in complaints if not one.endswith("/favicon.ico")] == []
    context.close()


def test_intercoms_canvas_stands_beside_the_conversation(browser: Browser, office: Office) -> None:
    page = browser.new_page()
    page.goto(office.tickets["intercom"])
    frame = page.frame_locator("aside iframe")
    expect(frame.get_by_role("heading", name="Zoë Müller")).to_be_visible()
    frame.get_by_role("button", name="Refund…").first.click()
    expect(frame.get_by_label("Amount in EUR")).to_have_value("119.00")
    page.close()


@pytest.mark.parametrize("name", ["zendesk", "freshdesk"])
def test_an_explanation_is_put_into_the_reply(browser: Browser, office: Office, name: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(office.tickets[name])
    if name == "freshdesk":
        page.wait_for_timeout(200)
        _connect(context, page, office)
    frame = _panel(page)
    frame.locator("#ch_zoe1_invoiced").get_by_role("link", name="Explain").click()
    frame.get_by_role("button", name="Insert into the reply").click()
    expect(frame.get_by_text("It stands in the reply.")).to_be_visible()
    assert "we charged 119.00 EUR to your Visa" in page.locator("#text").input_value()
    context.close()


def test_another_sites_page_cannot_show_the_panel(browser: Browser, office: Office) -> None:
    page = browser.new_page()
    page.goto(office.tickets["zendesk"])
    address = _panel(page).url
    stranger = browser.new_page()
    stranger.goto(office.tickets["front"].partition("/a/")[0])
    with (
        stranger.expect_console_message(lambda said: "frame-ancestors" in said.text) as refused,
        stranger.expect_event("requestfailed", lambda request: request.url == address),
    ):
        stranger.set_content(f'<iframe src="{address}"></iframe>')
    assert office.web in refused.value.text
    page.close()
    stranger.close()


def test_the_panel_updates_itself_and_keeps_ones_place(
    browser: Browser, office: Office, prefect: PrefectStandIn
) -> None:
    page = browser.new_page()
    page.goto(office.tickets["zendesk"])
    frame = _panel(page)
    held = frame.locator("#ch_zoe2_part").get_by_role("link", name="Explain")
    held.focus()
    about = {"account": "stripe/eu", "object_kind": "charge", "object_id": "ch_zoe1_invoiced", "action": "refund"}
    request = {
        **about,
        "amount_minor": 500,
        "currency": "EUR",
        "requester": "lead@sandbox.example",
        "request_id": "req_1",
    }
    body = {"parameters": {"request": request}, "idempotency_key": "req_1", "tags": []}
    _, run = prefect.create(body)
    began = time.monotonic()
    prefect.move(run["id"], "COMPLETED", "Done", "5.00 EUR were given back.")
    expect(frame.get_by_text("5.00 EUR were given back.")).to_be_visible(timeout=10_000)
    assert time.monotonic() - began < 10
    expect(frame.locator("#ch_zoe2_part").get_by_role("link", name="Explain")).to_be_focused()
    page.close()


def _serious(page: Page | Frame) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    return [
        f"{one['impact']}: {one['id']} {one['nodes'][0]['html'][:150]}"
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("is_dark", [False, True])
def test_axe_finds_nothing_serious_on_the_panel(browser: Browser, office: Office, is_dark: bool) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800}, color_scheme="dark" if is_dark else "light")
    page.goto(office.tickets["zendesk"])
    at = _panel(page).url.partition("/panel")[0]
    charge = "account=stripe/eu&id=ch_zoe1_invoiced"
    for path in ("/panel", "/panel?q=a", f"/panel/explain?{charge}", f"/ask?action=refund&{charge}"):
        page.goto(f"{at}{path}")
        assert _serious(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    page.close()


def test_axe_finds_nothing_serious_on_the_main_pages(browser: Browser, office: Office) -> None:
    pages = {
        "agent": ["/customers?q=zoe", f"/customers/{ZOE}", "/actions", "/connect/front/main"],
        "finance": ["/", "/tax", "/documents", "/reconciliation"],
        "auditor": ["/audit"],
        "engineer": ["/pipelines"],
    }
    for role, paths in pages.items():
        page = browser.new_page()
        page.goto(f"{office.web}/sandbox/sign-in")
        page.click(f"button[value={role}]")
        page.wait_for_load_state("networkidle")
        for path in paths:
            page.goto(f"{office.web}{path}")
            assert _serious(page) == [], path
        page.close()


def test_the_panel_is_used_by_keyboard_alone(browser: Browser, office: Office) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(office.tickets["zendesk"])
    page.goto(_panel(page).url)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.startsWith('Refund')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Refund", exact=True)).to_be_visible()
    page.close()
