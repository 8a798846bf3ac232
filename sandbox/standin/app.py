"""The ASGI application: /healthz, the control API below /_sandbox, and the gateway's API everywhere else."""

import asyncio
from typing import Any

import orjson

from sandbox.standin import faults as failures
from sandbox.standin.api import Api
from sandbox.standin.background import Background, live
from sandbox.standin.control import Control
from sandbox.standin.faults import Fault, Faults
from sandbox.standin.http import receive_request, send_answer
from sandbox.standin.messages import Answer, Request, Turned, answer
from sandbox.standin.settings import Settings


class StandIn:
    """One account of a gateway, as an ASGI application."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self.api = api
        self.store = api.store
        self.faults = Faults()
        self.background = Background(api, settings)
        self.control = Control(self, settings.control_token)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """One connection event, as ASGI has it."""
        if scope["type"] == "lifespan":
            await live(self.background, self.store.close, receive, send)
            return
        request = await receive_request(scope, receive)
        if request is not None:
            await send_answer(await self._answer(request), receive, send)

    async def _answer(self, request: Request) -> Answer:
        if request.path == "/healthz":
            return answer(200, {"status": "ready"})
        if request.path.startswith("/_sandbox/"):
            return self.control.answer(request)
        try:
            self.api.admit(request)
            fault = self.faults.take(request)
            given = failures.before(fault, self.api) or await self._execute(request, fault)
        except Turned as turned:
            fault, given = None, turned.answer
        self._log(request, given, fault)
        return given

    async def _execute(self, request: Request, fault: Fault | None) -> Answer:
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        given = self.api.answer(request)
        self.background.wake()
        return failures.garbled(fault, given, self.api)

    def _log(self, request: Request, given: Answer, fault: Fault | None) -> None:
        if not self.api.moves_money(request):
            return
        entry = {
            "received_at": request.wall,
            "received_mono": request.mono,
            "method": request.method,
            "path": request.path,
            "body": request.body.decode("utf-8", "replace"),
            "status": given.status,
            "fault": None if fault is None else fault.kind,
        }
        with self.store.db as db:
            db.execute("INSERT INTO log (entry) VALUES (?)", (orjson.dumps(entry),))
