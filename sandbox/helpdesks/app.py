"""The ASGI application of one helpdesk: API, agents' pages, webhooks with a circuit breaker, and control."""

import time
from collections import deque

import httpx
import orjson

from sandbox.helpdesks.desk import AGENTS, TICKETS, Face
from sandbox.helpdesks.front import Front
from sandbox.helpdesks.markup import paragraph
from sandbox.helpdesks.pages import Pages
from sandbox.standin.app import StandIn
from sandbox.standin.background import Background
from sandbox.standin.control import Control
from sandbox.standin.messages import Answer, Json, Request
from sandbox.standin.settings import Settings
from sandbox.standin.store import Change

BREAKER_WINDOW_S = 300.0
BREAKER_LEAST, BREAKER_SHARE = 10, 0.7
BREAKER_S = 60.0
HAVE_BREAKER = frozenset({"zendesk"})


class Deliveries(Background):
    """Webhooks as a helpdesk sends them: only what its rules fire on, and none while its circuit breaker is open."""

    def __init__(self, face: Face, settings: Settings) -> None:
        super().__init__(face, settings)
        self._face = face
        self._results: deque[tuple[float, bool]] = deque(maxlen=1000)
        self.open_until = 0.0

    def can_deliver(self) -> bool:
        return super().can_deliver() and time.monotonic() >= self.open_until

    async def _post(self, client: httpx.AsyncClient, wanted: str) -> bool:
        if not self._face.delivers(self._event(wanted)):
            return True
        is_taken = await super()._post(client, wanted)
        self._results.append((time.monotonic(), is_taken))
        if self._face.name in HAVE_BREAKER and self._is_broken():
            self.open_until = time.monotonic() + BREAKER_S
            self._results.clear()
        return is_taken

    def _event(self, wanted: str) -> Json:
        (body,) = self._db.execute("SELECT body FROM events WHERE seq = ?", (wanted,)).fetchone()
        found: Json = orjson.loads(body)
        return found

    def _is_broken(self) -> bool:
        since = time.monotonic() - BREAKER_WINDOW_S
        recent = [is_taken for at, is_taken in self._results if at >= since]
        return len(recent) >= BREAKER_LEAST and recent.count(False) >= BREAKER_SHARE * len(recent)


class HelpdeskControl(Control):
    """The control API of a helpdesk: POST tickets, notes, replies; POST delete, merge; GET ticket, breaker."""

    def __init__(self, standin: "HelpdeskStandIn", token: str) -> None:
        super().__init__(standin, token)
        self._desk = standin.face.desk
        self._routes |= {
            ("GET", "tickets"): lambda _: {"tickets": self._desk.tickets()},
            ("GET", "ticket"): lambda sent: self._desk.store.of(TICKETS)[sent["id"]],
            ("POST", "tickets"): lambda sent: self._told(self._desk.open(**sent)),
            ("POST", "notes"): lambda sent: self._write("note", sent),
            ("POST", "replies"): lambda sent: self._write("customer", sent),
            ("POST", "change"): self._change,
            ("GET", "breaker"): lambda _: {"is_open": not standin.background.can_deliver()},
        }

    def _told(self, made: Json) -> Json:
        self.standin.background.wake()
        return made

    def _write(self, kind: str, sent: Json) -> Json:
        """{"ticket", "author", "text" or "html"}; the author of a reply is the customer."""
        author = sent.get("author") or self._desk.store.of(TICKETS)[sent["ticket"]]["requester"]
        html = sent.get("html") or paragraph(sent["text"])
        return self._told(self._desk.add(sent["ticket"], kind, author, html))

    def _change(self, sent: Json) -> Json:
        """{"ticket", …fields}: is_deleted, merged_into, status, tags, fields."""
        self._desk.change(sent.pop("ticket"), **sent)
        return {}


class HelpdeskStandIn(StandIn):
    """One helpdesk. `panel`: how the page of a ticket shows Counterfoil beside it."""

    def __init__(self, face: Face, settings: Settings, pages: Pages | None = None) -> None:
        super().__init__(face, settings)
        self.face = face
        self.background = Deliveries(face, settings)
        self.control = HelpdeskControl(self, settings.control_token)
        self.pages = pages or Pages(face)

    async def _answer(self, request: Request) -> Answer:
        if not request.path.startswith("/_sandbox/") and self.pages.serves(request):
            given = self.pages.answer(request)
            self.background.wake()
            return given
        return await super()._answer(request)


def with_agents(face: Face, agents: tuple[Json, ...]) -> Face:
    """Fill the agents of a new store: {"id", "email", "name"} each."""
    if not face.store.of(AGENTS):
        change = Change(face.store)
        for one in agents:
            change.put(AGENTS, one)
        change.commit()
    return face


def challenge(face: Front, secret: str, text: str) -> tuple[bytes, dict[str, str]]:
    """The first message of a Front application."""
    body = b'{"type":"sync"}'
    return body, {**face.signed(body, secret), "X-Front-Challenge": text}
