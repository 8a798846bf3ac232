"""HTTP to a shop: kept-alive connections, bounded answers, patience where it helps.

Only reads of pages are repeated here. A write is sent once. Redirects are not followed: they would take the key along.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from connectors.errors import NotAccepted, OutcomeUnknown, Unavailable, UnexpectedShape
from connectors.gateway import AccountAccess
from connectors.gateways.woocommerce.errors import from_answer, from_connection
from connectors.gateways.woocommerce.keys import keys_of

ROOT = "/wp-json/wc/v3"
MAX_BODY = 64 * 1_048_576
MAX_SECONDS = 120.0
LONGEST_PAUSE_S = 60.0
TRIES = 6

Params = Mapping[str, str | int]


class Truncated(Unavailable):
    """The answer begins like JSON and is not whole."""


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
        self._sleep = sleep
        self._wall = wall
        self._keys = keys_of(access)
        self._client = httpx.Client(
            base_url=access.api_base.rstrip("/") + ROOT,
            headers={"Accept": "application/json"},
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0)),
        )

    def page(self, path: str, params: Params | None = None) -> Answer:
        """Read patiently: repeats after 429, 5xx, broken connections and truncated answers."""
        for tried in range(1, TRIES):
            try:
                return self._once("GET", path, params or {}, None)
            except NotAccepted as error:
                self._sleep(_pause(error, tried))
        return self._once("GET", path, params or {}, None)

    def get(self, path: str, params: Params | None = None) -> Answer:
        """Read once, for an action that an agent waits for. Raises Unavailable or RateLimited at once."""
        return self._once("GET", path, params or {}, None)

    def post(self, path: str, body: Mapping[str, object]) -> Answer:
        """Write, once. Raises OutcomeUnknown where the request may have had its effect."""
        return self._once("POST", path, {}, orjson.dumps(body))

    def close(self) -> None:
        self._client.close()

    def _once(self, method: str, path: str, params: Params, content: bytes | None) -> Answer:
        is_write = content is not None
        texts = {name: str(value) for name, value in params.items()}
        request = self._client.build_request(method, path, params=texts or None, content=content)
        request.headers["Authorization"] = self._authorization(request, texts)
        if is_write:
            request.headers["Content-Type"] = "application/json"
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
        return _parsed(response, body, is_write)

    def _authorization(self, request: httpx.Request, params: Mapping[str, str]) -> str:
        if request.url.scheme == "https":
            return self._keys.basic()
        address = str(request.url.copy_with(query=None))
        return self._keys.signed(request.method, address, params, seconds=int(self._wall()))


def _read(response: httpx.Response) -> bytes:
    """The whole body, up to a size and within a time."""
    end = time.monotonic() + MAX_SECONDS
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY:
            raise UnexpectedShape(f"An answer of the shop is larger than {MAX_BODY} bytes; it was not read to its end.")
        if time.monotonic() > end:
            raise Unavailable(f"The shop's answer was not complete after {MAX_SECONDS:.0f} s.")
    return b"".join(chunks)


def _parsed(response: httpx.Response, body: bytes, is_write: bool) -> Answer:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = None
    if 200 <= response.status_code < 300 and isinstance(data, dict | list):
        total = response.headers.get("x-wp-total") or ""
        return Answer(body, data, int(total) if total.isdigit() else None)
    if response.status_code == 200 and body.lstrip()[:1] in {b"{", b"["} and not is_write:
        raise Truncated("An answer of the shop is not whole JSON; it was cut off or damaged on its way.")
    raise from_answer(response.status_code, data, response.headers, is_write=is_write)


def _pause(error: NotAccepted, tried: int) -> float:
    """Seconds to wait: what the shop asked for, else about 0.5, 1, 2, 4, 8."""
    if error.retry_after_s is not None:
        return min(error.retry_after_s, LONGEST_PAUSE_S)
    # Spread out, so that several readers do not come back in step.
    return float(0.5 * 2 ** (tried - 1) * random.uniform(0.5, 1.0))  # noqa: S311
