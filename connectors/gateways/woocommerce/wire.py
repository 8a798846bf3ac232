"""HTTP to a shop: requests that are signed where there is no TLS, and what `connectors.http` brings."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from connectors.gateway import AccountAccess
from connectors.gateways.woocommerce.errors import FAILURES, from_answer
from connectors.gateways.woocommerce.keys import keys_of
from connectors.http import Connection, Params, Received

ROOT = "/wp-json/wc/v3"


@dataclass(frozen=True, slots=True)
class Answer:
    """One successful answer: its bytes as they came, the same parsed, and how many objects the whole list has."""

    body: bytes
    data: Any
    total: int | None


class Wire:
    """The connection of one shop. `repr` never shows the key. Safe to use from several threads."""

    def __init__(
        self,
        access: AccountAccess,
        *,
        timeout_s: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._wall = wall
        self._keys = keys_of(access)
        headers = {"Accept": "application/json"}
        self._connection = Connection(access, FAILURES, timeout_s=timeout_s, root=ROOT, headers=headers, sleep=sleep)
        self.close = self._connection.close

    def page(self, path: str, params: Params | None = None) -> Answer:
        """Read patiently: repeats after 429, 5xx, broken connections and truncated answers."""
        return self._connection.patiently(lambda: self._once("GET", path, params or {}, None))

    def get(self, path: str, params: Params | None = None) -> Answer:
        """Read once, for an action that an agent waits for. Raises Unavailable or RateLimited at once."""
        return self._once("GET", path, params or {}, None)

    def post(self, path: str, body: Mapping[str, object]) -> Answer:
        """Write, once. Raises OutcomeUnknown where the request may have had its effect."""
        return self._once("POST", path, {}, orjson.dumps(body))

    def put(self, path: str, body: Mapping[str, object]) -> Answer:
        """Change an object, once. Raises OutcomeUnknown where the request may have had its effect."""
        return self._once("PUT", path, {}, orjson.dumps(body))

    def _once(self, method: str, path: str, params: Params, content: bytes | None) -> Answer:
        is_write = content is not None
        texts = {name: str(value) for name, value in params.items()}
        request = self._connection.client.build_request(method, path, params=texts or None, content=content)
        request.headers["Authorization"] = self._authorization(request, texts)
        if is_write:
            request.headers["Content-Type"] = "application/json"
        return self._parsed(self._connection.send(request, is_write=is_write), is_write)

    def _parsed(self, received: Received, is_write: bool) -> Answer:
        data = received.json()
        if received.is_success and isinstance(data, dict | list):
            total = received.headers.get("x-wp-total") or ""
            return Answer(received.body, data, int(total) if total.isdigit() else None)
        if received.status == 200 and received.body.lstrip()[:1] in {b"{", b"["} and not is_write:
            raise self._connection.truncated()
        raise from_answer(received.status, data, received.headers, is_write=is_write)

    def _authorization(self, request: httpx.Request, params: Mapping[str, str]) -> str:
        if request.url.scheme == "https":
            return self._keys.basic()
        address = str(request.url.copy_with(query=None))
        return self._keys.signed(request.method, address, params, seconds=int(self._wall()))
