"""The control API below /_sandbox, for tests and demos; it answers to the control token only.

GET books, log, faults, deliveries, summary · POST faults, settle, keys/expire, webhooks/resend · PUT webhooks ·
DELETE faults
"""

import hmac
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.braintree import money
from sandbox.braintree.background import settle_one, waiting
from sandbox.braintree.markup import Json
from sandbox.braintree.payments import given_back
from sandbox.stripe.messages import Answer, Request, answer

if TYPE_CHECKING:
    from sandbox.braintree.app import Sandbox

TAKEN = ("settled", "settling")


class Control:
    """The control routes of one sandbox."""

    def __init__(self, sandbox: "Sandbox", token: str) -> None:
        self.sandbox = sandbox
        self._token = token
        self._routes: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("GET", "books"): self._books,
            ("GET", "log"): self._log,
            ("GET", "summary"): lambda _: {kind: len(found) for kind, found in sandbox.store.objects.items()},
            ("GET", "faults"): lambda _: {"faults": sandbox.faults.listed()},
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "settle"): self._settle,
            ("POST", "keys/expire"): self._expire,
            ("GET", "deliveries"): self._deliveries,
            ("PUT", "webhooks"): self._set_webhooks,
            ("POST", "webhooks/resend"): self._resend,
        }

    def answer(self, request: Request) -> Answer:
        """The answer to a control request; the body is JSON."""
        if not hmac.compare_digest(request.headers.get("x-sandbox-token", ""), self._token):
            return answer(401, {"error": "The control API needs the header X-Sandbox-Token."})
        route = self._routes.get((request.method, request.path.removeprefix("/_sandbox/")))
        if route is None:
            return answer(404, {"error": f"No control route {request.method} {request.path}."})
        try:
            return answer(200, route(json.loads(request.body) if request.body.strip() else {}))
        except (ValueError, KeyError, TypeError) as error:
            return answer(400, {"error": str(error)})

    def _books(self, _: Json) -> Json:
        """Per sale what was taken and given back, in minor units, with its refunds."""
        store = self.sandbox.store
        charges = {}
        for sale in store.objects["transaction"].values():
            if sale["type"] != "sale":
                continue
            currency = sale["currency_iso_code"]
            refunds = [store.objects["transaction"][wanted] for wanted in sale["refund_ids"]]
            charges[sale["id"]] = {
                "captured": money.minor(sale["amount"], currency) if sale["status"] in TAKEN else 0,
                "refunded": given_back(store, sale),
                "currency": currency,
                "refunds": [{name: made[name] for name in ("id", "amount", "status", "order_id")} for made in refunds],
            }
        return {"charges": charges}

    def _log(self, sent: Json) -> Json:
        query = "SELECT entry FROM log WHERE seq > ? ORDER BY seq"
        rows = self.sandbox.store.db.execute(query, (sent.get("after", 0),))
        return {"log": [json.loads(entry) for (entry,) in rows]}

    def _add_fault(self, sent: Json) -> Json:
        self.sandbox.faults.add({"path": "/merchants/*", **sent})
        return {"faults": self.sandbox.faults.listed()}

    def _clear_faults(self, _: Json) -> Json:
        self.sandbox.faults.queue.clear()
        return {"faults": []}

    def _settle(self, sent: Json) -> Json:
        """{"transaction": id or nothing for all, "outcome": settled, settlement_declined or failed}."""
        store = self.sandbox.store
        wanted = [sent["transaction"]] if "transaction" in sent else waiting(store)
        settled = [one for one in wanted if settle_one(store, one, sent.get("outcome", "settled"))]
        self.sandbox.background.wake()
        return {"settled": settled}

    def _expire(self, sent: Json) -> Json:
        """Forget one request key, or all."""
        with self.sandbox.store.db as db:
            found = db.execute("DELETE FROM keys WHERE ?1 IS NULL OR key = ?1", (sent.get("key"),))
            return {"expired": found.rowcount}

    def _deliveries(self, _: Json) -> Json:
        rows = self.sandbox.store.db.execute("SELECT seq, attempts, state FROM deliveries ORDER BY seq")
        return {"deliveries": [{"seq": seq, "attempts": count, "state": state} for seq, count, state in rows]}

    def _set_webhooks(self, sent: Json) -> Json:
        self.sandbox.background.url = sent["url"]
        self.sandbox.background.wake()
        return {"url": sent["url"]}

    def _resend(self, sent: Json) -> Json:
        """Deliver a notification again: {"seq": number}. Receivers must bear duplicates."""
        with self.sandbox.store.db as db:
            db.execute("UPDATE deliveries SET state = 'waiting', due_at = 0 WHERE seq = ?", (sent["seq"],))
        self.sandbox.background.wake()
        return {"seq": sent["seq"]}
