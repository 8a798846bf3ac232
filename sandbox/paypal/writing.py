"""POST: everything that changes, with PayPal-Request-Id as PayPal has it.

The key is kept with the object that it made, for 45 days (orders: 6 hours; subscriptions and invoices: not at all).
The same key again answers that object as it is now, whatever the new request says; a refused request keeps nothing.
Source: https://developer.paypal.com/api/rest/reference/idempotency, and the header's text in each OpenAPI document.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from sandbox.paypal import faults, holds, invoices, orders, reading, refunds, subscriptions
from sandbox.paypal.change import Change
from sandbox.paypal.errors import PayPalError, unknown
from sandbox.paypal.shapes import link
from sandbox.paypal.store import Entry, Store
from sandbox.stripe.faults import Fault
from sandbox.stripe.messages import Answer, Request, answer
from sandbox.stripe.wire import Json

DAY = 86_400
Execute = Callable[[Change, str, Json], Entry]
Show = Callable[[Store, Entry, bool], Answer]
"""The answer for what was made; True where the request wants all of it."""


def _object(store: Store, made: Entry, is_full: bool) -> Answer:
    return answer(201, made.shown if is_full else {name: made.shown[name] for name in ("id", "status", "links")})


def _order(store: Store, made: Entry, is_full: bool) -> Answer:
    shown = reading.order(store, made.wanted)
    return answer(201, shown if is_full else {name: shown[name] for name in ("id", "status", "links")})


def _hold(store: Store, made: Entry, is_full: bool) -> Answer:
    return answer(200, made.shown) if is_full else _nothing(store, made, is_full)


def _nothing(store: Store, made: Entry, is_full: bool) -> Answer:
    return Answer(204, b"")


def _revision(store: Store, made: Entry, is_full: bool) -> Answer:
    return answer(200, subscriptions.revised(made))


def _sent_invoice(store: Store, made: Entry, is_full: bool) -> Answer:
    return answer(200, link(f"/v2/invoicing/invoices/{made.wanted}"))


@dataclass(frozen=True)
class Route:
    """One address: what it makes, how, for how many seconds it keeps a key, and what it answers."""

    address: str
    kind: str
    execute: Execute
    kept: int
    show: Show

    def match(self, path: str) -> str | None:
        """The id within a path of this address, "" where it has none."""
        found = re.fullmatch(self.address, path)
        return None if found is None else "".join(found.groups())


ROUTES = [
    Route("/v2/payments/captures/([^/]+)/refund", "refund", refunds.create, 45 * DAY, _object),
    Route("/v2/payments/authorizations/([^/]+)/capture", "capture", holds.capture, 45 * DAY, _object),
    Route("/v2/payments/authorizations/([^/]+)/void", "authorization", holds.void, 0, _hold),
    Route("/v2/checkout/orders", "order", orders.create, DAY // 4, _order),
    Route("/v2/checkout/orders/([^/]+)/capture", "order", orders.capture, DAY // 4, _order),
    Route("/v2/checkout/orders/([^/]+)/authorize", "order", orders.authorize, DAY // 4, _order),
    Route("/v1/billing/subscriptions/([^/]+)/cancel", "subscription", subscriptions.cancel, 0, _nothing),
    Route("/v1/billing/subscriptions/([^/]+)/suspend", "subscription", subscriptions.suspend, 0, _nothing),
    Route("/v1/billing/subscriptions/([^/]+)/activate", "subscription", subscriptions.activate, 0, _nothing),
    Route("/v1/billing/subscriptions/([^/]+)/revise", "subscription", subscriptions.revise, 0, _revision),
    Route("/v2/invoicing/invoices/([^/]+)/send", "invoice", invoices.send, 0, _sent_invoice),
    Route("/v2/invoicing/invoices/([^/]+)/remind", "invoice", invoices.remind, 0, _nothing),
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
        route, wanted = _route(request.path)
        is_full = request.headers.get("prefer") == "return=representation"
        key = request.headers.get("paypal-request-id") if route.kept else None
        known = self._known(key, request.path, route.kept) if key else None
        if known is not None:
            given = route.show(self.store, known, is_full)
            self._log(request, given.status, fault, known.wanted, is_replay=True)
            return given
        change = Change(self.store)
        made = route.execute(change, wanted, _sent(request))
        entry = _entry(request, 201, fault, made.wanted)
        change.commit(key=(key, request.path, route.kind, made.wanted) if key else None, log=entry)
        return route.show(self.store, made, is_full)

    def _known(self, key: str, path: str, kept: int) -> Entry | None:
        query = "SELECT kind, object FROM idempotency WHERE key = ? AND path = ? AND stored_at > ?"
        row = self.store.db.execute(query, (key, path, self.store.clock.now() - kept)).fetchone()
        return None if row is None else self.store.get(*row)

    def _log(
        self, request: Request, status: int, fault: Fault | None, made: str | None, *, is_replay: bool = False
    ) -> None:
        self.store.commit([], log=_entry(request, status, fault, made, is_replay=is_replay))


def _route(path: str) -> tuple[Route, str]:
    for route in ROUTES:
        wanted = route.match(path)
        if wanted is not None:
            return route, wanted
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
