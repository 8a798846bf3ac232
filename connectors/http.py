"""HTTP to a gateway: kept-alive connections, bounded answers, patience where it helps.

Only reads are repeated here, by `patiently`; a write is sent once. Redirects are not followed: they would take the key
along.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import orjson

from connectors.errors import NotAccepted, OutcomeUnknown, Unavailable, UnexpectedShape
from connectors.failures import Failures
from connectors.gateway import AccountAccess
from counterfoil.tls import shared_context

T = TypeVar("T")
Params = Mapping[str, str | int]

MAX_BODY = 64 * 1_048_576
MAX_SECONDS = 120.0
LONGEST_PAUSE_S = 60.0
TRIES = 6


class Truncated(Unavailable):
    """The answer begins as it should and is not whole."""


@dataclass(frozen=True, slots=True)
class Received:
    """One answer of any status, read to its end."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status says so."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body parsed (fractions as floats); None where it is no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """One successful answer: its bytes as they came, and the same parsed (None where it has no body)."""

    body: bytes
    data: Any


class Connection:
    """The connections of one account. `repr` never shows the key. Safe to use from several threads."""

    def __init__(
        self,
        access: AccountAccess,
        failures: Failures,
        *,
        timeout_s: float,
        root: str = "",
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        tries: int = TRIES,
        longest_pause_s: float = LONGEST_PAUSE_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._failures = failures
        self._tries = tries
        self._longest_pause_s = longest_pause_s
        self.sleep = sleep
        self.client = httpx.Client(
            base_url=access.api_base.rstrip("/") + root,
            headers=dict(headers or {}),
            auth=auth,
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0)),
            verify=shared_context(),
        )

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def patiently(self, ask: Callable[[], T]) -> T:
        """Ask again after 429, 5xx, a broken connection or a truncated answer; the last try's error is raised."""
        for tried in range(1, self._tries):
            try:
                return ask()
            except NotAccepted as error:
                self.sleep(_pause_s(error, tried, self._longest_pause_s))
        return ask()

    def send(self, request: httpx.Request, *, is_write: bool) -> Received:
        """Send once and read the whole answer. Raises Unavailable, UnexpectedShape or, for a write, OutcomeUnknown."""
        try:
            return self._received(request)
        except httpx.HTTPError as error:
            raise self._failures.of_connection(error, is_write=is_write) from None
        except (Unavailable, UnexpectedShape) as error:
            raise OutcomeUnknown(f"{error} It must be looked up.") if is_write else error from None

    def truncated(self) -> Truncated:
        """The error for an answer that was cut off."""
        return Truncated(f"An answer of {self._failures.name} is not whole; it was cut off or damaged on its way.")

    def _received(self, request: httpx.Request) -> Received:
        response = self.client.send(request, stream=True)
        try:
            body = _read(response, self._failures)
        finally:
            response.close()
        return Received(response.status_code, response.headers, body)


def _read(response: httpx.Response, failures: Failures) -> bytes:
    """The whole body, up to a size and within a time."""
    end = time.monotonic() + MAX_SECONDS
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY:
            sentence = f"An answer of {failures.name} is larger than {MAX_BODY} bytes; it was not read to its end."
            raise UnexpectedShape(sentence)
        if time.monotonic() > end:
            raise Unavailable(f"The answer of {failures.name} was not complete after {MAX_SECONDS:.0f} s.")
    return b"".join(chunks)


def _pause_s(error: NotAccepted, tried: int, longest_s: float) -> float:
    """Seconds to wait: what the gateway asked for, else about 0.5, 1, 2, 4, 8."""
    if error.retry_after_s is not None:
        return min(error.retry_after_s, longest_s)
    # Spread out, so that several readers do not come back in step.
    return float(0.5 * 2 ** (tried - 1) * random.uniform(0.5, 1.0))  # noqa: S311
