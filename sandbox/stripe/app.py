"""The ASGI application: /healthz, Stripe's API below /v1, and the control API below /_sandbox."""

import asyncio
import itertools
import time
from typing import Any

from sandbox.standin.background import live
from sandbox.stripe import faults as failures
from sandbox.stripe import params as reading
from sandbox.stripe import routes_read, routes_write
from sandbox.stripe.auth import Keys
from sandbox.stripe.background import Background
from sandbox.stripe.control import Control
from sandbox.stripe.errors import StripeError
from sandbox.stripe.faults import Faults
from sandbox.stripe.http import receive_request, send_answer
from sandbox.stripe.idempotency import Idempotency
from sandbox.stripe.messages import Answer, Request, answer
from sandbox.stripe.settings import Settings
from sandbox.stripe.shapes.event import API_VERSION
from sandbox.stripe.store import Store
from sandbox.stripe.writing import Writing


class Sandbox:
    """One account of the stand-in, as an ASGI application."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.keys = Keys(settings.key, dict(settings.restricted))
        self.faults = Faults()
        self.idempotency = Idempotency(store)
        self.writing = Writing(store, self.idempotency)
        self.background = Background(store, settings)
        self.control = Control(self, settings.control_token)
        self._requests = itertools.count(1)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """One connection event, as ASGI has it."""
        if scope["type"] == "lifespan":
            await live(self.background, self.store.close, receive, send)
            return
        request = await receive_request(scope, receive, f"req_{next(self._requests)}_{time.time_ns():x}")
        if request is not None:
            await send_answer(await self._answer(request), request, receive, send)

    async def _answer(self, request: Request) -> Answer:
        try:
            if request.path == "/healthz":
                return answer(200, {"status": "ready"})
            if request.path.startswith("/_sandbox/"):
                return await self.control.answer(request)
            return await self._stripe(request)
        except StripeError as error:
            return answer(error.status, error.body, error.headers)

    async def _stripe(self, request: Request) -> Answer:
        if request.method == "GET":
            return await self._read(request)
        operation, ids = routes_write.match(request.method, request.path)
        self.keys.check(request.headers.get("authorization", ""), operation.permission, "write")
        given = await self.writing.run(request, operation, ids, self.faults.take(request))
        self.background.wake()
        return given

    async def _read(self, request: Request) -> Answer:
        authorization = request.headers.get("authorization", "")
        self.keys.check(authorization, routes_read.permission(request.path), "read")
        fault = self.faults.take(request)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        early = failures.before(fault)
        if early is not None:
            return early
        body = routes_read.read(self.store, request.path, reading.parse(request.query))
        return failures.garbled(fault, Answer(200, body, {"Stripe-Version": API_VERSION}))


def make_app(store: Store, settings: Settings | None = None) -> Sandbox:
    """The application on a store that is filled and loaded (see `state.open_state`)."""
    return Sandbox(store, settings or Settings())
