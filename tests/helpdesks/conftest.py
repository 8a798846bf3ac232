"""The five helpdesks: a stand-in of each, and a client that waits half a second for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from connectors.helpdesks.helpdesk import HelpdeskAccess, HelpdeskClient, Ticket
from connectors.helpdesks.registry import NAMES, helpdesk
from counterfoil.settings import Helpdesk
from sandbox.helpdesks.app import HelpdeskStandIn
from sandbox.helpdesks.running import KEYS, serving
from sandbox.standin.running import Served
from sandbox.standin.settings import Settings

ADA, LEE = "9001", "9002"
CUSTOMER = "kim@example.com"


@dataclass(frozen=True)
class Place:
    """One helpdesk's stand-in and our client of it."""

    name: str
    standin: Served[HelpdeskStandIn, Settings]
    client: HelpdeskClient

    def ticket(self, **changes: Any) -> Ticket:
        """A new ticket of a customer."""
        wanted = {"email": CUSTOMER, "name": "Kim", "subject": "Charged twice", "html": "<p>Hello</p>", **changes}
        made = self.standin.control("POST", "tickets", wanted)
        return self.client.ticket(str(made["id"]))

    def thread(self, ticket_id: str) -> list[dict[str, Any]]:
        """What stands on a ticket, as the helpdesk keeps it."""
        found: list[dict[str, Any]] = self.standin.app.face.desk.store.of("tickets")[ticket_id]["thread"]
        return found


def settings_for_helpdesk(name: str, url: str) -> Helpdesk:
    """Settings of a stand-in."""
    inbox = "inb_1" if name == "front" else "1"
    return Helpdesk(name=f"{name}/main", api_base=url, author="9000", inbox=inbox, fields={"amount": "77", "id": "78"})


@pytest.fixture(scope="session", params=NAMES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Each helpdesk in its turn."""
    name = request.param
    with serving(name) as standin:
        access = HelpdeskAccess(settings_for_helpdesk(name, standin.url), KEYS[name])
        client = helpdesk(name).open_client(access)
        client._wire.client.timeout = 0.5  # type: ignore[attr-defined]
        yield Place(name, standin, client)
        client.close()


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "place" in request.fixturenames:
        request.getfixturevalue("place").standin.control("DELETE", "faults")
