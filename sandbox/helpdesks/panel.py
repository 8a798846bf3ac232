"""Counterfoil's panel beside a ticket, opened as each helpdesk opens an app: signed address, signed POST, the files of
apps/freshdesk, or, for Intercom, a canvas that this page draws.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, quote

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.helpdesks.canvas import drawn
from sandbox.helpdesks.desk import Face
from sandbox.helpdesks.openings import helpscout_query, intercom_canvas, zendesk_token
from sandbox.helpdesks.pages import APPS, Pages
from sandbox.standin.messages import Answer, Json, Request

SDK = Path(__file__).parent / "sdk"
SCRIPTS = {
    "/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js": "zendesk.js",
    "/libs/plugin-sdk-1.8.1.min.js": "front.js",
    "/sdk/freshdesk.js": "freshdesk.js",
}
"""Where the helpdesks' own scripts are found, below their hosts; ours of the same calls."""
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Installed:
    """What an admin set up in a helpdesk: where Counterfoil is, and what the app signs with."""

    web: str
    """Counterfoil's address."""
    secret: str = ""
    key: RSAPrivateKey | None = None
    """Zendesk's."""
    label: str = "main"


class PanelPages(Pages):
    """The agents' pages with the panel, and what belongs to it."""

    def __init__(self, face: Face, installed: Installed) -> None:
        super().__init__(face, self._panel_of)
        self._installed = installed
        self._canvases: dict[str, Json] = {}
        self._own = ""
        """This stand-in's address, as it was asked for."""

    def serves(self, request: Request) -> bool:
        return request.path in SCRIPTS or request.path.startswith(("/app/", "/canvas/")) or super().serves(request)

    def answer(self, request: Request) -> Answer:
        self._own = f"http://{request.headers.get('host', '')}"
        if request.path in SCRIPTS:
            return self._script(SCRIPTS[request.path])
        if request.path.startswith("/app/"):
            return self._file(request.path.removeprefix("/app/"))
        if request.path.startswith("/canvas/"):
            return self._canvas(request)
        return super().answer(request)

    def _panel_of(self, face: Face, ticket: Json, agent: Json) -> str:
        person = face.desk.person(ticket["requester"])
        opened = getattr(self, f"_{face.name}")(ticket, agent)
        told = {
            "id": ticket["id"],
            "subject": ticket["subject"],
            "description": ticket["thread"][0]["html"],
            "requester": {"email": person["email"], "name": person["name"], "identities": []},
        }
        data = json.dumps(told).replace("<", "\\u003c")
        host = (SDK / "host.js").read_text(encoding="utf-8")
        return f'{opened}<script type="application/json" id="ticket-data">{data}</script><script>{host}</script>'

    def _zendesk(self, ticket: Json, agent: Json) -> str:
        assert self._installed.key is not None
        token = zendesk_token(self._installed.key, self._own, agent["id"])
        action = f"{self._at('zendesk')}?origin={quote(self._own, safe='')}&app_guid=sandbox"
        form = f'<form id="app-opening" method="post" action="{escape(action)}" target="app" hidden>'
        return f'{self._frame()}{form}<input name="token" value="{token}"></form>'

    def _front(self, ticket: Json, agent: Json) -> str:
        return self._frame(f"{self._at('front')}?auth_secret={quote(self._installed.secret, safe='')}")

    def _helpscout(self, ticket: Json, agent: Json) -> str:
        query = helpscout_query(self._installed.secret, ticket["id"], agent["id"])
        return self._frame(f"{self._at('helpscout')}?{query}")

    def _freshdesk(self, ticket: Json, agent: Json) -> str:
        return self._frame("/app/index.html")

    def _intercom(self, ticket: Json, agent: Json) -> str:
        return self._frame(f"/canvas/{quote(ticket['id'])}?agent={quote(agent['id'])}")

    def _at(self, kind: str) -> str:
        return f"{self._installed.web}/panel/{kind}/{self._installed.label}"

    def _frame(self, address: str = "about:blank") -> str:
        return f'<iframe name="app" title="App" src="{escape(address)}"></iframe>'

    def _script(self, name: str) -> Answer:
        text = (SDK / "client.js").read_text(encoding="utf-8") + (SDK / name).read_text(encoding="utf-8")
        settings = json.dumps({"address": self._installed.web, "label": self._installed.label})
        return Answer(200, text.replace("SANDBOX_IPARAMS", settings).encode(), {}, TYPES[".js"])

    def _file(self, name: str) -> Answer:
        folder = APPS / self._face.name / "app" / "app"
        found = (folder / name).resolve()
        if not found.is_relative_to(folder) or not found.is_file():
            return self._html("Not found", "<p>There is no such file.</p>", status=404)
        body = found.read_text(encoding="utf-8").replace("{{{appclient}}}", "/sdk/freshdesk.js")
        return Answer(200, body.encode(), {}, TYPES[found.suffix])

    def _canvas(self, request: Request) -> Answer:
        """Initialize, or Submit with what was pressed: Intercom's server speaks with Counterfoil's, not the browser."""
        desk = self._face.desk
        ticket = desk.ticket(request.path.removeprefix("/canvas/"))
        agent = desk.agent(parse_qs(request.query.decode()).get("agent", [""])[0])
        if ticket is None or agent is None:
            return self._html("Not found", "<p>There is no such conversation.</p>", status=404)
        place = f"{ticket['id']} {agent['id']}"
        sent = parse_qs(request.body.decode()) if request.method == "POST" else {}
        more: Mapping[str, object] = {}
        if pressed := sent.pop("component_id", [""])[0]:
            values = {name: value if name.startswith("is_") else value[0] for name, value in sent.items()}
            more = {"component_id": pressed, "input_values": values, "current_canvas": self._canvases.get(place, {})}
        person = desk.person(ticket["requester"])
        body, headers = intercom_canvas(self._installed.secret, ticket, person, agent, **more)
        where = "submit" if pressed else "initialize"
        answer = httpx.post(f"{self._at('intercom')}/{where}", content=body, headers=headers, timeout=10)
        self._canvases[place] = answer.json().get("canvas", {}) if answer.status_code == 200 else {}
        return self._html("Canvas", drawn(self._canvases[place]) or "<p>The app does not answer.</p>")


def with_panel(installed: Installed) -> Callable[[Face], Pages]:
    """How a stand-in's pages are made where the app is installed."""
    return lambda face: PanelPages(face, installed)
