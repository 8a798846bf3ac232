"""POST: refunds, captures and voids, with PayPal-Request-Id as PayPal has it.

The key is kept for 45 days with the object that it made; the same key again answers that object as it is now, whatever
the new request says. A request that was refused keeps nothing.
Source: https://developer.paypal.com/api/rest/reference/idempotency.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from sandbox.paypal import faults, holds, refunds
from sandbox.paypal.change import Change
from sandbox.paypal.errors import PayPalError, unknown
from sandbox.paypal.store import Entry, Store
from sandbox.stripe.faults import Fault
from sandbox.stripe.messages import Answer, Request, answer
from sandbox.stripe.wire import Json

KEPT_SECONDS = 45 * 86_400
Execute = Callable[[Change, str, Json], Entry]
ROUTES: list[tuple[re.Pattern[str], str, Execute]] = [
    (re.compile("/v2/payments/captures/([^/]+)/refund"), "refund", refunds.create),
    (re.compile("/v2/payments/authorizations/([^/]+)/capture"), "capture", holds.capture),
    (re.compile("/v2/payments/authorizations/([^/]+)/void"), "authorization", lambda tx, one, _: holds.void(tx, one)),
]


@dataclass
class Writing:
    """Runs writes on one store."""

    store: Store

    async def run(self, request: Request, fault: Fault | None) -> Answer:
        """The answer to a POST; raises PayPalError where nothing was done."""
        early = faults.before(fault)
        if early is not None:
            self._log(request, early.status, fault, None)
            return early
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        try:
            return faults.after(fault, self._execute(request, fault))
        except PayPalError as error:
            self._log(request, error.status, fault, None)
            raise

    def _execute(self, request: Request, fault: Fault | None) -> Answer:
        kind, wanted, execute = _route(request.path)
        key = request.headers.get("paypal-request-id")
        known = self._known(key, request.path) if key else None
        if known is not None:
            self._log(request, 201, fault, known.wanted, is_replay=True)
            return _shown(request, known)
        change = Change(self.store)
        made = execute(change, wanted, _sent(request))
        entry = _entry(request, 201, fault, made.wanted)
        change.commit(key=(key, request.path, kind, made.wanted) if key else None, log=entry)
        return _shown(request, made)

    def _known(self, key: str, path: str) -> Entry | None:
        query = "SELECT kind, object FROM idempotency WHERE key = ? AND path = ? AND stored_at > ?"
        row = self.store.db.execute(query, (key, path, self.store.clock.now() - KEPT_SECONDS)).fetchone()
        return None if row is None else self.store.get(*row)

    def _log(
        self, request: Request, status: int, fault: Fault | None, made: str | None, *, is_replay: bool = False
    ) -> None:
        self.store.commit([], log=_entry(request, status, fault, made, is_replay=is_replay))


def _route(path: str) -> tuple[str, str, Execute]:
    for pattern, kind, execute in ROUTES:
        match = pattern.fullmatch(path)
        if match:
            return kind, match.group(1), execute
    raise unknown()


def _sent(request: Request) -> Json:
    if not request.body:
        return {}
    try:
        sent = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise PayPalError(400, "MALFORMED_REQUEST_JSON") from None
    if not isinstance(sent, dict):
        raise PayPalError(400, "MALFORMED_REQUEST_JSON")
    return sent


def _shown(request: Request, made: Entry) -> Answer:
    """What PayPal answers: all of it where the request prefers so, else only id, status and links."""
    is_full = request.headers.get("prefer") == "return=representation"
    if request.path.endswith("/void"):
        return answer(200, made.shown) if is_full else Answer(204, b"")
    shown = made.shown if is_full else {name: made.shown[name] for name in ("id", "status", "links")}
    return answer(201, shown)


def _entry(request: Request, status: int, fault: Fault | None, made: str | None, *, is_replay: bool = False) -> Json:
    return {
        "received_at": request.wall,
        "received_mono": request.mono,
        "method": request.method,
        "path": request.path,
        "body": request.body.decode("utf-8", "replace"),
        "idempotency_key": request.headers.get("paypal-request-id"),
        "status": status,
        "object": made,
        "is_replay": is_replay,
        "fault": None if fault is None else fault.kind,
    }
