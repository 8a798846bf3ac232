"""GET requests to Stripe: kept-alive connections, bounded answers, patient where waiting helps.

Only reads are repeated here: after 429, 5xx, a broken connection or a truncated answer, a few times and no longer than
Retry-After or a growing pause. Everything else is an error of `connectors.errors` at once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from connectors.errors import GatewayError, NotAccepted, NotAuthorised, Unavailable, UnexpectedShape
from connectors.gateway import AccountAccess
from connectors.gateways.stripe.errors import from_answer, from_connection

API_VERSION = "2026-10-28.endive"
"""The version of the shapes that we ask for; the one that the SDK on the act side asks for too."""

MAX_BODY = 64 * 1_048_576
MAX_SECONDS = 120.0
LONGEST_PAUSE_S = 60.0
TRIES = 6

Params = Mapping[str, str | int]


class Truncated(Unavailable):
    """The answer begins like JSON and is not whole."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One successful answer: its bytes as they came, and the same parsed."""

    body: bytes
    data: Any


def check_key(access: AccountAccess) -> str:
    """Return the API key; raise NotAuthorised for one that cannot stand in a header (it would be shown in an error)."""
    key = access.api_key
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise NotAuthorised(f"The API key of {access.account} is empty or has spaces or line breaks in it.")
    return key


class Wire:
    """The connection of one account. `repr` never shows the key."""

    def __init__(
        self, access: AccountAccess, *, timeout_s: float = 30.0, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._sleep = sleep
        self._client = httpx.Client(
            base_url=access.api_base,
            headers={"Authorization": f"Bearer {check_key(access)}", "Stripe-Version": API_VERSION},
            timeout=httpx.Timeout(timeout_s, connect=10.0),
        )

    def get(self, path: str, params: Params) -> Answer:
        """Read one answer; raises RateLimited or Unavailable after the last try, and other errors at once."""
        for tried in range(1, TRIES):
            try:
                return self._once("GET", path, params)
            except NotAccepted as error:
                self._sleep(_pause(error, tried))
        return self._once("GET", path, params)

    def probe(self, path: str, form: Params) -> GatewayError | None:
        """POST once what cannot have an effect, to see whether the key may; return the error that came, if any."""
        try:
            self._once("POST", path, form)
        except GatewayError as error:
            return error
        return None

    def close(self) -> None:
        self._client.close()

    def _once(self, method: str, path: str, params: Params) -> Answer:
        place = {"params": dict(params)} if method == "GET" else {"data": dict(params)}
        request = self._client.build_request(method, path, **place)  # type: ignore[arg-type]
        try:
            response = self._client.send(request, stream=True)
            try:
                body = _read(response)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise from_connection(error, is_write=False) from None
        return _parsed(response, body)


def _read(response: httpx.Response) -> bytes:
    """The whole body, up to a size and within a time."""
    end = time.monotonic() + MAX_SECONDS
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY:
            raise UnexpectedShape(f"An answer of Stripe is larger than {MAX_BODY} bytes; it was not read to its end.")
        if time.monotonic() > end:
            raise Unavailable(f"Stripe's answer was not complete after {MAX_SECONDS:.0f} s.")
    return b"".join(chunks)


def _parsed(response: httpx.Response, body: bytes) -> Answer:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = None
    if response.status_code == 200 and data is not None:
        return Answer(body, data)
    if response.status_code == 200 and body.lstrip()[:1] in {b"{", b"["}:
        raise Truncated("An answer of Stripe is not whole JSON; it was cut off or damaged on its way.")
    raise from_answer(response.status_code, data, response.headers, is_write=False)


def _pause(error: NotAccepted, tried: int) -> float:
    """Seconds to wait: what Stripe asked for, else about 0.5, 1, 2, 4, 8."""
    if error.retry_after_s is not None:
        return min(error.retry_after_s, LONGEST_PAUSE_S)
    # Spread out, so that several readers do not come back in step.
    return float(0.5 * 2 ** (tried - 1) * random.uniform(0.5, 1.0))  # noqa: S311
