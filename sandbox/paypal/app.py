"""The ASGI application: /healthz, PayPal's APIs below /v1 and /v2, and the control API below /_sandbox."""

import asyncio
import itertools
import time
from typing import Any
from urllib.parse import parse_qsl

from sandbox.paypal import faults as failures
from sandbox.paypal import reading, reporting, writing
from sandbox.paypal.background import Background
from sandbox.paypal.certificates import signer
from sandbox.paypal.control import Control
from sandbox.paypal.errors import PayPalError
from sandbox.paypal.http import receive_request, send_answer
from sandbox.paypal.settings import Settings
from sandbox.paypal.store import Store
from sandbox.paypal.tokens import Tokens
from sandbox.paypal.webhooks import CERTIFICATE_PATH
from sandbox.standin.background import live
from sandbox.stripe.faults import Faults
from sandbox.stripe.messages import Answer, Request, answer
from sandbox.stripe.wire import Json, load


class Sandbox:
    """One account of the stand-in, as an ASGI application."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.tokens = Tokens(settings)
        self.faults = Faults()
        self.writing = writing.Writing(store)
        self.background = Background(store, settings, signer())
        self.control = Control(self, settings.control_token)
        self._requests = itertools.count(1)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """One connection event, as ASGI has it."""
        if scope["type"] == "lifespan":
            await live(self.background, self.store.db.close, receive, send)
            return
        request = await receive_request(scope, receive, f"{next(self._requests):x}{time.time_ns():x}")
        if request is None:
            return
        self.background.api_base = f"http://{request.headers.get('host', '127.0.0.1')}"
        await send_answer(await self._answer(request), request, receive, send)

    async def _answer(self, request: Request) -> Answer:
        try:
            if request.path == "/healthz":
                return answer(200, {"status": "ready"})
            if request.path.startswith("/_sandbox/"):
                return await self.control.answer(request)
            if request.path == CERTIFICATE_PATH:
                return Answer(200, signer().chain, content_type="application/x-pem-file")
            if request.path == "/v1/oauth2/token":
                return self._token(request)
            self.tokens.check(request)
            return await self._paypal(request)
        except PayPalError as error:
            return answer(error.status, error.body)

    def _token(self, request: Request) -> Answer:
        fault = self.faults.take(request)
        return failures.before(fault) or failures.after(fault, self.tokens.give(request))

    async def _paypal(self, request: Request) -> Answer:
        fault = self.faults.take(request)
        if request.method == "POST" and request.path != "/v2/invoicing/search-invoices":
            given = await self.writing.run(request, fault)
            self.background.wake()
            return given
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        early = failures.before(fault)
        return early or failures.after(fault, answer(200, self._read(request)))

    def _read(self, request: Request) -> Json:
        sent = dict(parse_qsl(request.query.decode("utf-8", "replace")))
        match request.path:
            case "/v1/reporting/transactions":
                settings = self.settings
                return reporting.search(self.store, sent, delay=settings.report_delay, most=settings.most_results)
            case "/v1/customer/disputes":
                return reading.disputes(self.store, sent)
            case "/v1/billing/plans":
                return reading.numbered(self.store, "plan", "plans", sent, None, 20)
            case "/v1/catalogs/products":
                return reading.numbered(self.store, "product", "products", sent, None, 20)
            case "/v2/invoicing/invoices":
                return reading.numbered(self.store, "invoice", "items", sent, None, 100)
            case "/v2/invoicing/search-invoices":
                return reading.numbered(self.store, "invoice", "items", sent, load(request.body), 100)
            case "/v1/notifications/webhooks-events":
                return reading.events(self.store, sent)
        return reading.one(self.store, request.path)


def make_app(store: Store, settings: Settings | None = None) -> Sandbox:
    """The application on a store that is filled and loaded (see `state.open_state`)."""
    return Sandbox(store, settings or Settings())
