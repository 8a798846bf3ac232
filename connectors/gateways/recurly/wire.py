"""HTTP to Recurly: kept-alive connections, bounded answers, patience where it helps, and its rate limit respected.

Only reads are repeated here. A write is sent once. Before the limit is reached, reads wait: what is left of it is for
the agents' actions. Source: the OpenAPI document, "Limits": X-RateLimit-Remaining, and -Reset in seconds since 1970.
"""

from __future__ import annotations

import random
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from connectors.errors import GatewayError, NotAccepted, NotAuthorised, OutcomeUnknown, Unavailable, UnexpectedShape
from connectors.gateway import AccountAccess
from connectors.gateways.recurly.amounts import exactly
from connectors.gateways.recurly.errors import from_answer, from_connection, retry_after_s

ACCEPT = "application/vnd.recurly.v2021-02-25"
MAX_BODY = 64 * 1_048_576
MAX_SECONDS = 120.0
LONGEST_PAUSE_S = 300.0
"""Recurly counts over five minutes."""
TRIES = 6
LEFT_FOR_ACTIONS = 20
"""Requests of the limit that reading pages leaves alone."""

Params = Mapping[str, str | int]


class Truncated(Unavailable):
    """The answer begins like JSON and is not whole."""


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
        self._sleep = sleep
        self._wall = wall
        self._free_at = 0.0
        basic = b64encode(f"{check_key(access)}:".encode()).decode()
        self._client = httpx.Client(
            base_url=access.api_base,
            headers={"Authorization": f"Basic {basic}", "Accept": ACCEPT},
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0)),
        )

    def page(self, path: str, params: Params) -> Answer:
        """Read patiently: waits for the rate limit, and repeats after 429, 5xx and broken connections."""
        for tried in range(1, TRIES):
            self._wait_for_limit()
            try:
                return self._once("GET", path, params, None)
            except NotAccepted as error:
                self._sleep(_pause(error, tried))
        return self._once("GET", path, params, None)

    def get(self, path: str, params: Params | None = None) -> Answer:
        """Read once, for an action that an agent waits for. Raises Unavailable or RateLimited at once."""
        return self._once("GET", path, params or {}, None)

    def post(self, path: str, body: Mapping[str, object]) -> Answer:
        """Write, once. Raises OutcomeUnknown where the request may have had its effect."""
        return self._once("POST", path, {}, orjson.dumps(body))

    def probe(self, path: str, body: Mapping[str, object]) -> GatewayError | None:
        """POST once what cannot have an effect, to see whether the key may; return the error that came, if any."""
        try:
            self.post(path, body)
        except GatewayError as error:
            return error
        return None

    def close(self) -> None:
        self._client.close()

    def _once(self, method: str, path: str, params: Params, content: bytes | None) -> Answer:
        is_write = content is not None
        kind = {"Content-Type": "application/json"} if is_write else {}
        # Without parameters the address is left as it is: Recurly's `next` already has its own.
        request = self._client.build_request(method, path, params=dict(params) or None, content=content, headers=kind)
        try:
            response = self._client.send(request, stream=True)
            try:
                body = _read(response)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise from_connection(error, is_write=is_write) from None
        except (Unavailable, UnexpectedShape) as error:
            raise OutcomeUnknown(f"{error} It must be looked up.") if is_write else error from None
        self._note_limit(response.headers)
        return _parsed(response, body, is_write)

    def _note_limit(self, headers: Mapping[str, str]) -> None:
        left = headers.get("x-ratelimit-remaining") or ""
        wait = retry_after_s({"x-ratelimit-reset": headers.get("x-ratelimit-reset") or ""}, now=self._wall())
        if left.isdigit() and int(left) < LEFT_FOR_ACTIONS and wait is not None:
            self._free_at = self._wall() + min(wait, LONGEST_PAUSE_S)

    def _wait_for_limit(self) -> None:
        wait = self._free_at - self._wall()
        if wait > 0:
            self._sleep(wait)


def _read(response: httpx.Response) -> bytes:
    """The whole body, up to a size and within a time."""
    end = time.monotonic() + MAX_SECONDS
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY:
            raise UnexpectedShape(f"An answer of Recurly is larger than {MAX_BODY} bytes; it was not read to its end.")
        if time.monotonic() > end:
            raise Unavailable(f"Recurly's answer was not complete after {MAX_SECONDS:.0f} s.")
    return b"".join(chunks)


def _parsed(response: httpx.Response, body: bytes, is_write: bool) -> Answer:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = None
    if 200 <= response.status_code < 300 and isinstance(data, dict):
        return Answer(body, data)
    if response.status_code == 200 and body.lstrip()[:1] == b"{" and not is_write:
        raise Truncated("An answer of Recurly is not whole JSON; it was cut off or damaged on its way.")
    raise from_answer(response.status_code, data, response.headers, is_write=is_write)


def _pause(error: NotAccepted, tried: int) -> float:
    """Seconds to wait: what Recurly asked for, else about 0.5, 1, 2, 4, 8."""
    if error.retry_after_s is not None:
        return min(error.retry_after_s, LONGEST_PAUSE_S)
    # Spread out, so that several readers do not come back in step.
    return float(0.5 * 2 ** (tried - 1) * random.uniform(0.5, 1.0))  # noqa: S311
