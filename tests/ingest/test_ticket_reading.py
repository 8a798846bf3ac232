"""An agent opens a ticket: the helpdesk and the gateways are read, and nothing else happens, whoever asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from counterfoil.helpdesk_sightings import KEPT, Sighting, drop_old_sightings, read_sighting, write_sighting
from counterfoil.paths import Paths
from counterfoil.queue import Queue
from counterfoil.requests import utc_now
from flows.actions.desk import Accounts, Desk
from flows.ingest.ticket_reading import read_for_ticket
from sandbox.helpdesks.running import KEYS, serving
from sandbox.stripe.running import running
from sandbox.stripe.settings import Scope
from tests.dashboards.conftest import CLOSED_PORT, settings_for
from warehouse.published import PublishedFile

STRIPE_KEY = "sk_test_sandbox"


@pytest.fixture(scope="module")
def outside() -> Iterator[tuple[Any, Any]]:
    """A Stripe with customers, and a Zendesk."""
    with running(scope=Scope(scale="tiny")) as stripe, serving("zendesk") as zendesk:
        yield stripe, zendesk


@pytest.fixture
def desk(tmp_path: Path, outside: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> Desk:
    stripe, zendesk = outside
    monkeypatch.setenv("COUNTERFOIL_STRIPE_EU_API_KEY", STRIPE_KEY)
    monkeypatch.setenv("COUNTERFOIL_ZENDESK_MAIN_API_KEY", KEYS["zendesk"])
    settings = settings_for(
        tmp_path,
        accounts=[{"name": "stripe/eu", "api_base": stripe.url}],
        helpdesks=[{"name": "zendesk/main", "api_base": zendesk.url}],
    )
    paths, none = Paths(tmp_path), cast_none()
    queue = Queue(f"http://127.0.0.1:{CLOSED_PORT}/api", patience_s=0.1)
    return Desk(settings, paths, queue, none, none, none, Accounts(settings), PublishedFile(paths.published))


def cast_none() -> Any:
    """No journal, no lease: reading needs neither."""
    return None


def _customer(stripe: Any) -> str:
    found = httpx.get(f"{stripe.url}/v1/charges", headers={"Authorization": f"Bearer {STRIPE_KEY}"}).json()["data"]
    return str(next(charge["customer"] for charge in found if charge["customer"]))


def test_ticket_agent_and_customer_are_read(desk: Desk, outside: tuple[Any, Any]) -> None:
    stripe, zendesk = outside
    ticket = zendesk.control(
        "POST", "tickets", {"email": "jane@example.com", "name": "Jane", "subject": "Hi", "html": ""}
    )
    named = f"zendesk/main/{ticket['id']}"
    said = read_for_ticket(desk, named, "9001", [["stripe/eu", _customer(stripe)]])
    assert said == "4 pages of the customer were read again."
    landed = {path.parent.name for path in desk.paths.landing.rglob("*.gz")}
    assert landed == {"customers", "charges", "subscriptions", "invoices"}
    folder, now = desk.paths.helpdesks, utc_now()
    agent = read_sighting(folder, "agents", "zendesk/main", "9001", now=now)
    seen = read_sighting(folder, "tickets", "zendesk/main", str(ticket["id"]), now=now)
    assert agent and agent.email == "agent@sandbox.example"
    assert seen and (seen.email, seen.name, seen.text) == ("jane@example.com", "Jane", "Hi")


@pytest.mark.parametrize(
    ("ticket", "agent", "customers", "words"),
    [
        ("zendesk/main/404404", "", [], "the ticket:"),
        ("zendesk/main/404404", "77", [], "does not know the agent"),
        ("elsewhere/main/1", "", [], "of no helpdesk"),
        (None, None, None, "of no helpdesk"),
        ({"a": 1}, [], {"b": 2}, "of no helpdesk"),
        ("", "", [["stripe/us", "cus_1"]], "stripe/us"),
        ("", "", [["stripe/eu", "../../etc/passwd"]], "0 pages"),
        ("", "", [["stripe/eu"], 5, ["stripe/eu", 7], ["stripe/eu", ""]], "0 pages"),
        ("", "", [["stripe/eu", "cus_none"]], "0 pages"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_lands(
    desk: Desk, ticket: Any, agent: Any, customers: Any, words: str
) -> None:
    assert words in read_for_ticket(desk, ticket, agent, customers)
    assert not list(desk.paths.landing.rglob("*.gz"))


def test_without_the_helpdesks_key_the_customer_is_read_all_the_same(
    desk: Desk, outside: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COUNTERFOIL_ZENDESK_MAIN_API_KEY")
    said = read_for_ticket(desk, "zendesk/main/1", "", [["stripe/eu", _customer(outside[0])]])
    assert said.startswith("4 pages") and "COUNTERFOIL_ZENDESK_MAIN_API_KEY is not set" in said


def test_sightings_are_private_copies_that_go_after_a_week(tmp_path: Path) -> None:
    now = utc_now()
    seen = Sighting("jo@example.com", "Jo", "", now.isoformat())
    for odd in ("../../x", "9001", "a" * 500):
        write_sighting(tmp_path, "agents", "zendesk/main", odd, seen)
        assert read_sighting(tmp_path, "agents", "zendesk/main", odd, now=now) == seen
    files = list(tmp_path.rglob("*.json"))
    assert len(files) == 3 and all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert read_sighting(tmp_path, "agents", "zendesk/other", "9001", now=now) is None
    assert read_sighting(tmp_path, "agents", "zendesk/main", "9001", now=now + KEPT * 2) is None
    files[0].write_text("{")
    drop_old_sightings(tmp_path, now=now + KEPT * 2)
    assert not list(tmp_path.rglob("*.json"))
