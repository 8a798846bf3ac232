"""HTTP to Recurly: its rate limit respected, and what `connectors.http` brings.

Before the limit is reached, reads of pages wait: what is left of it is for the agents' actions.
Source: the OpenAPI document, "Limits": X-RateLimit-Remaining, and -Reset in seconds since 1970.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from connectors.errors import GatewayError, NotAuthorised
from connectors.gateway import AccountAccess
from connectors.gateways.recurly.amounts import exactly
from connectors.gateways.recurly.errors import FAILURES, from_answer, until_reset_s
from connectors.http import Connection, Params, Received

ACCEPT = "application/vnd.recurly.v2021-02-25"
LONGEST_PAUSE_S = 300.0
"""Recurly counts over five minutes."""
LEFT_FOR_ACTIONS = 20
"""Requests of the limit that reading pages leaves alone."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One successful answer: its bytes as they came, and the same parsed (fractions as floats: for paging only)."""

    body: bytes
    data: Any

    def exact(self) -> Any:
        """Parsed again, with fractions as Decimal."""
        return exactly(self.body)


def check_key(access: AccountAccess) -> str:
    """Return the API key; raise NotAuthorised for one that can be none."""
    key = access.api_key
    if not key or not key.isascii() or not key.isprintable() or " " in key or ":" in key:
        raise NotAuthorised(f"The API key of {access.account} is empty or has spaces, colons or line breaks in it.")
    return key


class Wire:
    """The connection of one account. `repr` never shows the key. Safe to use from several threads."""

    def __init__(
        self,
        access: AccountAccess,
        *,
        timeout_s: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._wall = wall
        self._free_at = 0.0
        basic = b64encode(f"{check_key(access)}:".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Accept": ACCEPT}
        self._connection = Connection(
            access, FAILURES, timeout_s=timeout_s, headers=headers, longest_pause_s=LONGEST_PAUSE_S, sleep=sleep
        )
        self.close = self._connection.close

    def page(self, path: str, params: Params) -> Answer:
        """Read patiently: waits for the rate limit, and repeats after 429, 5xx and broken connections."""
        return self._connection.patiently(lambda: self._within_limit(path, params))

    def get(self, path: str, params: Params | None = None) -> Answer:
        """Read once, for an action that an agent waits for. Raises Unavailable or RateLimited at once."""
        return self._once("GET", path, params or {}, None)

    def post(self, path: str, body: Mapping[str, object]) -> Answer:
        """Write, once. Raises OutcomeUnknown where the request may have had its effect."""
        return self._once("POST", path, {}, orjson.dumps(body))

    def put(self, path: str, body: Mapping[str, object] | None = None) -> Answer:
        """Change, once. Raises OutcomeUnknown where the request may have had its effect."""
        return self._once("PUT", path, {}, None if body is None else orjson.dumps(body), is_write=True)

    def delete(self, path: str, params: Params | None = None) -> Answer:
        """End or remove, once. Raises OutcomeUnknown where the request may have had its effect."""
        return self._once("DELETE", path, params or {}, None, is_write=True)

    def preview(self, path: str, body: Mapping[str, object]) -> Answer:
        """POST what only calculates: it has no effect, so that its failures are those of a read."""
        return self._once("POST", path, {}, orjson.dumps(body), is_write=False)

    def probe(self, path: str, body: Mapping[str, object]) -> GatewayError | None:
        """POST once what cannot have an effect, to see whether the key may; return the error that came, if any."""
        try:
            self.post(path, body)
        except GatewayError as error:
            return error
        return None

    def _within_limit(self, path: str, params: Params) -> Answer:
        wait = self._free_at - self._wall()
        if wait > 0:
            self._connection.sleep(wait)
        return self._once("GET", path, params, None)

    def _once(
        self, method: str, path: str, params: Params, content: bytes | None, *, is_write: bool | None = None
    ) -> Answer:
        is_write = content is not None if is_write is None else is_write
        kind = {"Content-Type": "application/json"} if content is not None else {}
        # Without parameters the address is left as it is: Recurly's `next` already has its own.
        request = self._connection.client.build_request(
            method, path, params=dict(params) or None, content=content, headers=kind
        )
        received = self._connection.send(request, is_write=is_write)
        self._note_limit(received.headers)
        return self._parsed(received, is_write)

    def _note_limit(self, headers: Mapping[str, str]) -> None:
        left = headers.get("x-ratelimit-remaining") or ""
        wait = until_reset_s(headers, now=self._wall())
        if left.isdigit() and int(left) < LEFT_FOR_ACTIONS and wait is not None:
            self._free_at = self._wall() + min(wait, LONGEST_PAUSE_S)

    def _parsed(self, received: Received, is_write: bool) -> Answer:
        if received.status == 204:
            return Answer(b"{}", {})
        data = received.json()
        if received.is_success and isinstance(data, dict):
            return Answer(received.body, data)
        if received.status == 200 and received.body.lstrip()[:1] == b"{" and not is_write:
            raise self._connection.truncated()
        raise from_answer(received.status, data, received.headers, is_write=is_write)
