"""The control API below /_sandbox, for tests and demos; it answers to the control token only.

GET bank, books, log, defects, faults, deliveries, summary · POST faults, settle, idempotency/expire, webhooks/resend ·
PUT webhooks, keys · DELETE faults
"""

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from sandbox.stripe import bank, books, defects
from sandbox.stripe import params as reading
from sandbox.stripe.background import settle_or_fail, settle_payment
from sandbox.stripe.messages import Answer, Request, answer
from sandbox.stripe.wire import Json, load

if TYPE_CHECKING:
    from sandbox.stripe.app import Sandbox


class Control:
    """The control routes of one sandbox."""

    def __init__(self, sandbox: "Sandbox", token: str) -> None:
        self.sandbox = sandbox
        self._token = token
        self._routes: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("GET", "bank"): lambda _: self._bank(),
            ("GET", "books"): self._books,
            ("GET", "log"): self._log,
            ("GET", "defects"): lambda _: {"defects": defects.listed(sandbox.store)},
            ("GET", "summary"): lambda _: {kind: len(t.keys) for kind, t in sandbox.store.tables.items()},
            ("GET", "faults"): lambda _: {"faults": sandbox.faults.listed()},
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "settle"): self._settle,
            ("POST", "idempotency/expire"): self._expire,
            ("GET", "deliveries"): self._deliveries,
            ("PUT", "webhooks"): self._set_webhooks,
            ("POST", "webhooks/resend"): self._resend,
            ("PUT", "keys"): self._set_keys,
        }

    async def answer(self, request: Request) -> Answer:
        """The answer to a control request; the body is JSON."""
        if not hmac.compare_digest(_token(request), self._token):
            return answer(401, {"error": "The control API needs the header X-Sandbox-Token."})
        route = self._routes.get((request.method, request.path.removeprefix("/_sandbox/")))
        if route is None:
            return answer(404, {"error": f"No control route {request.method} {request.path}."})
        try:
            sent = load(request.body) if request.body else reading.parse(request.query)
            return answer(200, route(sent))
        except (ValueError, KeyError, TypeError, ZoneInfoNotFoundError, orjson.JSONDecodeError) as error:
            return answer(400, {"error": str(error)})

    def _bank(self) -> Json:
        found = bank.statements(self.sandbox.store.every("payout"))
        return {
            "camt053": bank.camt053(found),
            "defects": [defect for one in found for defect in one.defects],
            "lines": sum(len(one.lines) for one in found),
        }

    def _books(self, sent: Json) -> Json:
        if "charge" in sent:
            return {"charges": {sent["charge"]: books.of_charge(self.sandbox.store, sent["charge"])}}
        return books.books(self.sandbox.store, ZoneInfo(sent.get("tz", "UTC")))

    def _log(self, sent: Json) -> Json:
        query = "SELECT seq, entry FROM log WHERE seq > ? ORDER BY seq"
        rows = self.sandbox.store.db.execute(query, (int(sent.get("after", 0)),))
        return {"log": [{"seq": seq, **load(entry)} for seq, entry in rows]}

    def _add_fault(self, sent: Json) -> Json:
        self.sandbox.faults.add(sent)
        return {"faults": self.sandbox.faults.listed()}

    def _clear_faults(self, _: Json) -> Json:
        self.sandbox.faults.queue.clear()
        return {"faults": []}

    def _settle(self, sent: Json) -> Json:
        """{"refund" or "payment": id, or nothing for all open refunds, "outcome": succeeded|failed or nothing}."""
        store = self.sandbox.store
        if "payment" in sent:
            is_settled = settle_payment(store, sent["payment"], sent.get("outcome"))
            self.sandbox.background.wake()
            return {"settled": [sent["payment"]] if is_settled else []}
        wanted = [sent["refund"]] if "refund" in sent else [r["id"] for r in store.every("refund", _open="true")]
        settled = [one for one in wanted if settle_or_fail(store, one, sent.get("outcome"))]
        self.sandbox.background.wake()
        return {"settled": settled}

    def _expire(self, sent: Json) -> Json:
        return {"expired": self.sandbox.idempotency.expire(sent.get("key"))}

    def _deliveries(self, _: Json) -> Json:
        rows = self.sandbox.store.db.execute("SELECT event, attempts, state FROM deliveries ORDER BY rowid")
        return {"deliveries": [{"event": event, "attempts": n, "state": state} for event, n, state in rows]}

    def _set_webhooks(self, sent: Json) -> Json:
        background = self.sandbox.background
        background.url = sent["url"]
        background.secret = sent.get("secret", background.secret)
        background.wake()
        return {"url": background.url}

    def _resend(self, sent: Json) -> Json:
        """Deliver an event again: {"event": id}. Receivers must bear duplicates."""
        if self.sandbox.store.find("event", sent["event"]) is None:
            raise ValueError(f"No event {sent['event']}")
        with self.sandbox.store.db as db:
            db.execute("INSERT OR REPLACE INTO deliveries (event, due_at) VALUES (?, 0)", (sent["event"],))
        self.sandbox.background.wake()
        return {"event": sent["event"]}

    def _set_keys(self, sent: Json) -> Json:
        """Give a restricted key its permissions: {"key": "rk_test_x", "permissions": {"charge": "read"}}."""
        self.sandbox.keys.restricted[sent["key"]] = dict(sent["permissions"])
        return {"permissions": self.sandbox.keys.restricted[sent["key"]]}


def _token(request: Request) -> str:
    sent = request.headers.get("x-sandbox-token")
    return sent if sent is not None else request.headers.get("authorization", "").removeprefix("Bearer ")
