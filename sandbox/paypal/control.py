"""The control API below /_sandbox, for tests and demos; it answers to the control token only.

GET books, log, defects, faults, deliveries, summary · POST faults, settle, idempotency/expire, tokens/revoke,
subscriptions/agree, webhooks/resend, webhooks/sign · PUT webhooks, clients · DELETE faults
"""

import hmac
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson

from sandbox.paypal import books, subscriptions
from sandbox.paypal.background import settle_due
from sandbox.paypal.change import Change
from sandbox.paypal.settings import Client
from sandbox.paypal.store import KINDS
from sandbox.stripe.messages import Answer, Request, answer
from sandbox.stripe.wire import Json, load

if TYPE_CHECKING:
    from sandbox.paypal.app import Sandbox


class Control:
    """The control routes of one stand-in."""

    def __init__(self, sandbox: "Sandbox", token: str) -> None:
        self.sandbox = sandbox
        self._token = token
        store = sandbox.store
        self._routes: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("GET", "books"): lambda _: books.books(store),
            ("GET", "log"): self._log,
            ("GET", "defects"): lambda _: {"defects": json.loads(store.meta("defects") or "[]")},
            ("GET", "summary"): lambda _: {kind: len(store.all(kind)) for kind in KINDS},
            ("GET", "faults"): lambda _: {"faults": sandbox.faults.listed()},
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "settle"): self._settle,
            ("POST", "idempotency/expire"): self._expire,
            ("POST", "tokens/revoke"): lambda _: {"revoked": sandbox.tokens.revoke_all()},
            ("POST", "subscriptions/agree"): self._agree,
            ("GET", "deliveries"): self._deliveries,
            ("PUT", "webhooks"): self._set_webhooks,
            ("POST", "webhooks/resend"): self._resend,
            ("POST", "webhooks/sign"): self._sign,
            ("PUT", "clients"): self._set_client,
        }

    async def answer(self, request: Request) -> Answer:
        """The answer to a control request; the body is JSON."""
        sent = request.headers.get("x-sandbox-token", "")
        if not hmac.compare_digest(sent, self._token):
            return answer(401, {"error": "The control API needs the header X-Sandbox-Token."})
        route = self._routes.get((request.method, request.path.removeprefix("/_sandbox/")))
        if route is None:
            return answer(404, {"error": f"No control route {request.method} {request.path}."})
        try:
            return answer(200, route(load(request.body) if request.body else {}))
        except (ValueError, KeyError, TypeError, orjson.JSONDecodeError) as error:
            return answer(400, {"error": str(error)})

    def _log(self, sent: Json) -> Json:
        query = "SELECT entry FROM log WHERE seq > ? ORDER BY seq"
        rows = self.sandbox.store.db.execute(query, (sent.get("after", 0),))
        return {"log": [load(entry) for (entry,) in rows]}

    def _add_fault(self, sent: Json) -> Json:
        self.sandbox.faults.add({"path": "/v[12]/*", **sent})
        return {"faults": self.sandbox.faults.listed()}

    def _clear_faults(self, _: Json) -> Json:
        self.sandbox.faults.queue.clear()
        return {"faults": []}

    def _settle(self, sent: Json) -> Json:
        """{"refund": id or nothing for all pending ones, "outcome": succeeded|failed or nothing}."""
        store = self.sandbox.store
        is_failed = sent.get("outcome") == "failed"
        settled = settle_due(store, store.clock.now(), sent.get("refund"), failed=is_failed)
        self.sandbox.background.wake()
        return {"settled": settled}

    def _agree(self, sent: Json) -> Json:
        """The payer agrees to the plan that they were asked about: {"subscription": id}."""
        change = Change(self.sandbox.store)
        found = subscriptions.agree(change, sent["subscription"])
        change.commit()
        return {"plan_id": found.shown["plan_id"]}

    def _expire(self, sent: Json) -> Json:
        with self.sandbox.store.db as db:
            query = "DELETE FROM idempotency WHERE ?1 IS NULL OR key = ?1"
            return {"expired": db.execute(query, (sent.get("key"),)).rowcount}

    def _deliveries(self, _: Json) -> Json:
        rows = self.sandbox.store.db.execute("SELECT event, attempts, state FROM deliveries ORDER BY rowid")
        return {"deliveries": [{"event": event, "attempts": n, "state": state} for event, n, state in rows]}

    def _set_webhooks(self, sent: Json) -> Json:
        background = self.sandbox.background
        background.url = sent["url"]
        background.webhook_id = sent.get("webhook_id", background.webhook_id)
        background.wake()
        return {"url": background.url}

    def _resend(self, sent: Json) -> Json:
        """Deliver an event again: {"event": id}. Receivers must bear duplicates."""
        with self.sandbox.store.db as db:
            db.execute("INSERT OR REPLACE INTO deliveries (event, due_at) VALUES (?, 0)", (sent["event"],))
        self.sandbox.background.wake()
        return {"event": sent["event"]}

    def _sign(self, sent: Json) -> Json:
        """A delivery of an event as it would be sent: {"event": id} -> {"body", "headers"}."""
        body, headers = self.sandbox.background.message(sent["event"])
        return {"body": body.decode(), "headers": headers}

    def _set_client(self, sent: Json) -> Json:
        """Give an app its secret and scopes: {"client": id, "secret": …, "scopes": [...]}."""
        self.sandbox.tokens.clients[sent["client"]] = Client(sent["secret"], tuple(sent["scopes"]))
        return {"client": sent["client"]}
