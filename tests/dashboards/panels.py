"""Panels as helpdesks open them, over the small published file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from fastapi.testclient import TestClient
from httpx import Response

from counterfoil.helpdesk_sightings import Sighting, write_sighting
from counterfoil.paths import Paths
from counterfoil.secrets import Secret
from sandbox.helpdesks.openings import helpscout_query, new_key, public_pem, zendesk_token
from tests.dashboards.conftest import Web, hidden, make_web
from tests.dashboards.published_reports import NOW

KEY = new_key()
SECRET = "the secret of the test"
ZENDESK = "https://zendesk.example"
AGENTS = {"9001": "agent@sandbox.example", "9002": "lead@sandbox.example", "9003": "guest@sandbox.example"}
AGENTS |= {"9004": "auditor@sandbox.example"}


@dataclass
class Desk:
    """The web service with five helpdesks, and a clock that can be moved."""

    var: Path
    prefect_port: int = 9
    now: datetime = NOW
    count: int = 0
    knows_agents: bool = True
    web: Web = field(init=False)

    def __post_init__(self) -> None:
        secrets = {f"{kind}/main": (Secret(SECRET),) for kind in ("helpscout", "intercom", "front")}
        secrets["zendesk/main"] = (Secret(public_pem(KEY)),)
        self.web = make_web(self.var, app_secrets=secrets, clock=lambda: self.now, prefect_port=self.prefect_port)
        for agent_id, email in AGENTS.items() if self.knows_agents else ():
            self.sees_agent(agent_id, email)

    def sees_agent(self, agent_id: str, email: str, *, helpdesk: str = "zendesk/main") -> None:
        """As if the worker had read an agent at the helpdesk."""
        seen = Sighting(email, "", "", self.now.isoformat())
        write_sighting(Paths(self.var).helpdesks, "agents", helpdesk, agent_id, seen)

    def sees_ticket(self, ticket: str, email: str, text: str = "", *, helpdesk: str = "zendesk/main") -> None:
        """As if the worker had read a ticket."""
        seen = Sighting(email, "", text, self.now.isoformat())
        write_sighting(Paths(self.var).helpdesks, "tickets", helpdesk, ticket, seen)

    def pass_time(self, **parts: float) -> None:
        """Let it be later."""
        self.now += timedelta(**parts)

    @cached_property
    def browser(self) -> TestClient:
        """One browser."""
        return self.web.open()

    def token(self, agent: str = "9001") -> str:
        """A fresh token of Zendesk."""
        self.count += 1
        return zendesk_token(KEY, ZENDESK, agent, now=self.now, jti=str(self.count))

    def shell(self, agent: str = "9001", token: str | None = None) -> Response:
        """What Zendesk's POST brings."""
        answer: Response = self.browser.post("/panel/zendesk/main", data={"token": token or self.token(agent)})
        return answer

    def open(
        self, agent: str = "9001", ticket: str = "12", emails: str = "zoe@example.com", text: str = ""
    ) -> Response:
        """Open a ticket in Zendesk and go on into the frame."""
        door = hidden(self.shell(agent).text)["door"]
        asked = {"door": door, "ticket": ticket, "emails": emails, "text": text}
        answer: Response = self.browser.post("/panel/zendesk/main/open", data=asked)
        return answer

    def helpscout(self, ticket: str = "77", agent: str = "501") -> Response:
        """Open a conversation in Help Scout's frame."""
        answer: Response = self.browser.get(f"/panel/helpscout/main?{helpscout_query(SECRET, ticket, agent)}")
        return answer

    def code(self, helpdesk: str, role: str = "agent") -> str:
        """Get a code in a window of one's own."""
        window = self.web.as_role(role)
        page = window.get(f"/connect/{helpdesk}")
        made = window.post(f"/connect/{helpdesk}", data={"csrf": hidden(page.text)["csrf"]})
        found = re.search(r'data-connect-made="([A-Z0-9]{10})"', made.text)
        assert found, made.text
        return found[1]


def place(answer: Response) -> str:
    """The /in/<token> of a page in a frame."""
    found = re.match(r"(/in/[^/]+)/", answer.url.path)
    assert found, answer.url
    return found[1]
