"""Reading requests to Braintree: kept-alive connections, bounded answers, patient where waiting helps.

Searches are POST requests and change nothing, so they are repeated like any read: after 408, 429, 5xx, a broken
connection or a truncated answer, a few times and no longer than Retry-After or a growing pause.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from connectors.errors import GatewayError, NotAccepted, Unavailable, UnexpectedShape
from connectors.gateway import AccountAccess
from connectors.gateways.braintree.errors import from_connection, from_status, from_validation
from connectors.gateways.braintree.keys import read_key
from connectors.gateways.braintree.markup import MAX_BYTES, read_markup, write_markup

API_VERSION = "6"
"""The shape of answers that we ask for; the one that the SDK on the act side asks for too."""
MAX_SECONDS = 120.0
LONGEST_PAUSE_S = 60.0
TRIES = 6


class Truncated(Unavailable):
    """The answer begins like XML and is not whole."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One successful answer: the name of its outermost element and its value."""

    name: str
    value: Any


class Wire:
    """The connection of one account; safe to use from several threads. `repr` never shows the key."""

    def __init__(
        self, access: AccountAccess, *, timeout_s: float = 60.0, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        key = read_key(access)
        self._sleep = sleep
        self._merchant = f"/merchants/{key.merchant_id}"
        self._client = httpx.Client(
            base_url=access.api_base,
            auth=(key.public_key, key.private_key),
            headers={"Accept": "application/xml", "Accept-Encoding": "gzip", "X-ApiVersion": API_VERSION},
            timeout=httpx.Timeout(timeout_s, connect=10.0),
        )

    def get(self, path: str) -> Answer:
        """Read one answer of a path below the merchant's; raises NotAccepted after the last try, others at once."""
        return self._patiently(lambda: self._once("GET", path, None))

    def search(self, path: str, criteria: dict[str, object]) -> Answer:
        """Ask a search; the same errors."""
        body = write_markup("search", criteria)
        return self._patiently(lambda: self._once("POST", path, body))

    def probe(self, path: str) -> GatewayError | None:
        """POST once what cannot have an effect, to see whether the key may; return the error that came, if any."""
        try:
            self._once("POST", path, write_markup("transaction", {}))
        except GatewayError as error:
            return error
        return None

    def close(self) -> None:
        self._client.close()

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        for tried in range(1, TRIES):
            try:
                return ask()
            except NotAccepted as error:
                self._sleep(_pause(error, tried))
        return ask()

    def _once(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Content-Type": "application/xml"} if body is not None else {}
        request = self._client.build_request(method, self._merchant + path, content=body, headers=headers)
        try:
            response = self._client.send(request, stream=True)
            try:
                content = read_bounded(response)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise from_connection(error, is_write=False) from None
        return _parsed(response, content)


def read_bounded(response: httpx.Response) -> bytes:
    """The whole body, up to a size and within a time."""
    end = time.monotonic() + MAX_SECONDS
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise UnexpectedShape(f"An answer of Braintree is larger than {MAX_BYTES} bytes; it was not read.")
        if time.monotonic() > end:
            raise Unavailable(f"Braintree's answer was not complete after {MAX_SECONDS:.0f} s.")
    return b"".join(chunks)


def _parsed(response: httpx.Response, content: bytes) -> Answer:
    if response.status_code == 422:
        name, value = read_markup(content)
        message = value.get("message") if name == "api_error_response" and isinstance(value, dict) else content[:0]
        raise from_validation([], message)
    if response.status_code != 200:
        raise from_status(response.status_code, response.headers, is_write=False)
    if not content.lstrip().startswith(b"<") or b"<html" in content[:1_000].lower():
        raise UnexpectedShape("The answer is not Braintree's XML; a proxy or a wrong api_base may stand in between.")
    try:
        return Answer(*read_markup(content))
    except UnexpectedShape as error:
        if content.rstrip().endswith(b">") and b"no whole XML" not in str(error).encode():
            raise
        raise Truncated("An answer of Braintree is not whole; it was cut off or damaged on its way.") from None


def _pause(error: NotAccepted, tried: int) -> float:
    """Seconds to wait: what Braintree asked for, else about 0.5, 1, 2, 4, 8."""
    if error.retry_after_s is not None:
        return min(error.retry_after_s, LONGEST_PAUSE_S)
    # Spread out, so that several readers do not come back in step.
    return float(0.5 * 2 ** (tried - 1) * random.uniform(0.5, 1.0))  # noqa: S311
