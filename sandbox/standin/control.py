"""The control API below /_sandbox, for tests and demos; it answers to the control token only.

GET books, log, faults, deliveries, summary · POST faults, settle, webhooks/resend · PUT webhooks · DELETE faults
"""

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import orjson

from sandbox.standin.messages import Answer, Json, Request, answer

if TYPE_CHECKING:
    from sandbox.standin.app import StandIn


class Control:
    """The control routes of one stand-in."""

    def __init__(self, standin: "StandIn", token: str) -> None:
        self.standin = standin
        self._token = token
        store = standin.store
        self._routes: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("GET", "books"): self._books,
            ("GET", "log"): self._log,
            ("GET", "summary"): lambda _: {kind: len(objects) for kind, objects in store.kinds.items()},
            ("GET", "faults"): lambda _: {"faults": standin.faults.listed()},
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "settle"): self._settle,
            ("GET", "deliveries"): self._deliveries,
            ("PUT", "webhooks"): self._set_webhooks,
            ("POST", "webhooks/resend"): self._resend,
        }

    def answer(self, request: Request) -> Answer:
        """The answer to a control request; the body is JSON."""
        if not hmac.compare_digest(request.headers.get("x-sandbox-token", "").encode(), self._token.encode()):
            return answer(401, {"error": "The control API needs the header X-Sandbox-Token."})
        route = self._routes.get((request.method, request.path.removeprefix("/_sandbox/")))
        if route is None:
            return answer(404, {"error": f"No control route {request.method} {request.path}."})
        try:
            sent = orjson.loads(request.body) if request.body else dict(parse_qsl(request.query.decode()))
            return answer(200, route(sent))
        except (ValueError, KeyError, TypeError) as error:
            return answer(400, {"error": str(error)})

    def _books(self, sent: Json) -> Json:
        books = self.standin.api.books()
        return {"charges": {sent["charge"]: books["charges"][sent["charge"]]}} if "charge" in sent else books

    def _log(self, sent: Json) -> Json:
        query = "SELECT seq, entry FROM log WHERE seq > ? ORDER BY seq"
        rows = self.standin.store.db.execute(query, (int(sent.get("after", 0)),))
        return {"log": [{"seq": seq, **orjson.loads(entry)} for seq, entry in rows]}

    def _add_fault(self, sent: Json) -> Json:
        self.standin.faults.add(sent)
        return {"faults": self.standin.faults.listed()}

    def _clear_faults(self, _: Json) -> Json:
        self.standin.faults.queue.clear()
        return {"faults": []}

    def _settle(self, sent: Json) -> Json:
        settled = self.standin.api.settle(sent.get("refund"), sent.get("outcome"))
        self.standin.background.wake()
        return {"settled": settled}

    def _deliveries(self, _: Json) -> Json:
        rows = self.standin.store.db.execute("SELECT seq, attempts, state FROM events ORDER BY seq")
        return {"deliveries": [{"event": seq, "attempts": n, "state": state} for seq, n, state in rows]}

    def _set_webhooks(self, sent: Json) -> Json:
        background = self.standin.background
        background.url = sent["url"]
        background.secret = sent.get("secret", background.secret)
        background.wake()
        return {"url": background.url}

    def _resend(self, sent: Json) -> Json:
        """Deliver an event again: {"event": number}. Receivers must bear duplicates."""
        with self.standin.store.db as db:
            db.execute("UPDATE events SET state = 'waiting', due_at = 0 WHERE seq = ?", (int(sent["event"]),))
        self.standin.background.wake()
        return {"event": sent["event"]}
