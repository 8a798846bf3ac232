"""HTTP to PayPal: kept-alive connections, an access token that is renewed, bounded answers, patience where it helps.

Only reads are repeated here. A write is sent once; it is sent again only after an answer that says that the access
token was not accepted, because nothing was carried out then.
Source: https://developer.paypal.com/api/rest/authentication.
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
from connectors.gateways.paypal.errors import TokenRefused, from_answer, from_connection
from connectors.gateways.paypal.tokens import Tokens

MAX_BODY = 64 * 1_048_576
MAX_SECONDS = 120.0
LONGEST_PAUSE_S = 60.0
TRIES = 6

Params = Mapping[str, str | int]


class Truncated(Unavailable):
    """The answer begins like JSON and is not whole."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One successful answer, parsed; None where it has no body."""

    status: int
    data: Any


class Wire:
    """The connection of one account. `repr` never shows the key. Safe to use from several threads."""

    def __init__(
        self,
        access: AccountAccess,
        *,
        timeout_s: float = 30.0,
        tries: int = TRIES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sleep = sleep
        self._tries = tries
        timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0))
        self._client = httpx.Client(base_url=access.api_base, timeout=timeout, headers={"Accept": "application/json"})
        self.tokens = Tokens(access, self._client)

    def get(self, path: str, params: Params | None = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Read one answer; raises RateLimited or Unavailable after the last try, and other errors at once."""
        return self._patiently(lambda: self._authorised("GET", path, params or {}, None, headers or {}, False))

    def search(self, path: str, params: Params, body: object) -> Answer:
        """The same for lists that PayPal gives to a POST."""
        return self._patiently(lambda: self._authorised("POST", path, params, body, {}, False))

    def post(self, path: str, body: object, *, headers: Mapping[str, str]) -> Answer:
        """Write, once. Raises OutcomeUnknown where the request may have had its effect."""
        # Without a token nothing is sent, so its failure is none of the write's.
        self.tokens.current()
        return self._authorised("POST", path, {}, body, headers, True)

    def close(self) -> None:
        self._client.close()

    def _patiently(self, read: Callable[[], Answer]) -> Answer:
        for tried in range(1, self._tries):
            try:
                return read()
            except NotAccepted as error:
                self._sleep(_pause(error, tried))
        return read()

    def _authorised(
        self, method: str, path: str, params: Params, body: object, headers: Mapping[str, str], is_write: bool
    ) -> Answer:
        token = self.tokens.current()
        try:
            return self._once(method, path, params, body, {**headers, "Authorization": f"Bearer {token}"}, is_write)
        except TokenRefused:
            self.tokens.forget(token)
            fresh = self.tokens.current()
            return self._once(method, path, params, body, {**headers, "Authorization": f"Bearer {fresh}"}, is_write)

    def _once(
        self, method: str, path: str, params: Params, body: object, headers: Mapping[str, str], is_write: bool
    ) -> Answer:
        content = None if body is None else orjson.dumps(body)
        kind = {"Content-Type": "application/json"} if content is not None else {}
        request = self._client.build_request(method, path, params=dict(params), content=content, headers=kind)
        request.headers.update(headers)
        try:
            response = self._client.send(request, stream=True)
            try:
                answered = _read(response)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise from_connection(error, is_write=is_write) from None
        except (Unavailable, UnexpectedShape) as error:
            raise OutcomeUnknown(f"{error} It must be looked up.") if is_write else error from None
        return _parsed(response, answered, is_write)


def _read(response: httpx.Response) -> bytes:
    """The whole body, up to a size and within a time."""
    end = time.monotonic() + MAX_SECONDS
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY:
            raise UnexpectedShape(f"An answer of PayPal is larger than {MAX_BODY} bytes; it was not read to its end.")
        if time.monotonic() > end:
            raise Unavailable(f"PayPal's answer was not complete after {MAX_SECONDS:.0f} s.")
    return b"".join(chunks)


def _parsed(response: httpx.Response, body: bytes, is_write: bool) -> Answer:
    if response.status_code == 204:
        return Answer(204, None)
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = None
    if 200 <= response.status_code < 300 and isinstance(data, dict):
        return Answer(response.status_code, data)
    if response.status_code < 300 and body.lstrip()[:1] in {b"{", b""} and not is_write:
        raise Truncated("An answer of PayPal is not whole JSON; it was cut off or damaged on its way.")
    raise from_answer(response.status_code, data, response.headers, is_write=is_write)


def _pause(error: NotAccepted, tried: int) -> float:
    """Seconds to wait: what PayPal asked for, else about 0.5, 1, 2, 4, 8."""
    if error.retry_after_s is not None:
        return min(error.retry_after_s, LONGEST_PAUSE_S)
    # Spread out, so that several readers do not come back in step.
    return float(0.5 * 2 ** (tried - 1) * random.uniform(0.5, 1.0))  # noqa: S311
