"""The ASGI application: /healthz, Braintree's API below /merchants/{id}, and the control API below /_sandbox."""

import asyncio
import base64
import binascii
import itertools
import re
from typing import Any
from urllib.parse import parse_qs

from sandbox.braintree import failures, reads
from sandbox.braintree.background import Background
from sandbox.braintree.control import Control
from sandbox.braintree.errors import Forbidden, NotFound, Unauthorised
from sandbox.braintree.http import send_answer
from sandbox.braintree.markup import Malformed, read
from sandbox.braintree.search import UnknownCriterion
from sandbox.braintree.settings import Settings
from sandbox.braintree.store import Store
from sandbox.braintree.writes import OPERATIONS
from sandbox.braintree.writing import Writing
from sandbox.standin.background import live
from sandbox.stripe.faults import Faults
from sandbox.stripe.http import receive_request
from sandbox.stripe.messages import Answer, Request, answer

_ID = r"([A-Za-z0-9_-]+)"
_WITH_IDS = re.compile(rf"([a-z_]+)/{_ID}(?:/([a-z_]+)(?:/{_ID})?)?")


class Sandbox:
    """One account of the stand-in, as an ASGI application."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.faults = Faults()
        self.writing = Writing(store)
        self.background = Background(store, settings)
        self.control = Control(self, settings.control_token)
        self._requests = itertools.count(1)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """One connection event, as ASGI has it."""
        if scope["type"] == "lifespan":
            await live(self.background, self.store.db.close, receive, send)
            return
        request = await receive_request(scope, receive, f"req_{next(self._requests)}")
        if request is not None:
            await send_answer(await self._answer(request), request, receive, send)

    async def _answer(self, request: Request) -> Answer:
        if request.path == "/healthz":
            return answer(200, {"status": "ready"})
        if request.path.startswith("/_sandbox/"):
            return self.control.answer(request)
        try:
            return await self._braintree(request)
        except Unauthorised:
            return failures.xml(401, b"")
        except Forbidden:
            return failures.xml(403, b"<errors>Unauthorized</errors>")
        except NotFound:
            return failures.xml(404, b"")
        except (Malformed, UnknownCriterion):
            return failures.xml(400, b"")

    async def _braintree(self, request: Request) -> Answer:
        is_full = self._is_full(request.headers.get("authorization", ""))
        prefix = f"/merchants/{self.settings.merchant_id}/"
        if not request.path.startswith(prefix):
            raise Unauthorised
        path = request.path.removeprefix(prefix).rstrip("/")
        name, wanted = _operation(request.method, path)
        is_read = request.method == "GET" or path in reads.SEARCHES
        if not is_read and not is_full:
            raise Forbidden
        fault = self.faults.take(request)
        early = failures.before(fault)
        if early is not None:
            return early
        if is_read:
            if fault is not None and fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            return failures.garbled(fault, failures.xml(200, self._read(request, path)))
        if name not in OPERATIONS:
            raise NotFound
        status, body = await self.writing.run(name, wanted, read(request.body), fault)
        self.background.wake()
        return failures.garbled(fault, failures.xml(status, body))

    def _read(self, request: Request, path: str) -> bytes:
        if path not in reads.SEARCHES:
            return reads.read(self.store, path)
        page = parse_qs(request.query.decode("latin-1")).get("page", ["1"])[0]
        return reads.search(self.store, self.settings, path, int(page), read(request.body))

    def _is_full(self, header: str) -> bool:
        """Whether the key may write; raises Unauthorised for one that is not ours."""
        try:
            public, _, private = base64.b64decode(header.removeprefix("Basic "), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Unauthorised from None
        known = (self.settings.public_key, self.settings.read_public_key)
        if public not in known or private != self.settings.private_key:
            raise Unauthorised
        return public == self.settings.public_key


def _operation(method: str, path: str) -> tuple[tuple[str, str], str]:
    """The operation's name, with {id} for the ids in its path, and those ids joined with a slash."""
    found = _WITH_IDS.fullmatch(path)
    if found is None:
        return (method, path), ""
    first, one, second, other = found.groups()
    name = "/".join(filter(None, (first, "{id}", second, "{id}" if other else None)))
    return (method, name), "/".join(filter(None, (one, other)))


def make_app(store: Store, settings: Settings | None = None) -> Sandbox:
    """The application on a store that is filled and loaded (see `state.open_state`)."""
    return Sandbox(store, settings or Settings())
