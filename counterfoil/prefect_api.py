"""Prefect's HTTP API, spoken plainly: no prefect import, so that a command or a page starts at once.

On SQLite the server answers 503 ("database is locked") under a few concurrent writers. Everything that is sent here may
be sent again without harm, so a 503 or a broken connection is retried until `patience_s` is used up.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from counterfoil.tls import shared_context

_RETRIED = frozenset({429, 502, 503, 504})


class QueueUnavailable(RuntimeError):
    """Prefect's server did not take the call in time. Nothing is lost: the same request may be sent again."""


class CallRefused(RuntimeError):
    """Prefect's server answered 4xx: the call itself is wrong, and sending it again will not help."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"Prefect answered {status}: {text[:300]}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and parsed body (None where there is none)."""

    status: int
    body: Any


class PrefectApi:
    """One connection pool to one server; safe to use from several threads.

    `at_once` calls are under way at a time, the others queue here: SQLite writes one after the other anyway, and calls
    that wait for the write lock inside the server take its 15 connections from those that only read.
    """

    def __init__(
        self, api_url: str, *, patience_s: float = 20.0, at_once: int = 3, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.api_url = api_url.rstrip("/")
        self._patience_s = patience_s
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=self.api_url + "/",
            timeout=httpx.Timeout(10.0, pool=patience_s),
            verify=shared_context(),
            limits=httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once),
        )

    def get(self, path: str) -> Any:
        """The body of a GET, or None where there is no such object."""
        try:
            return self.call("GET", path).body
        except CallRefused as refused:
            if refused.status == 404:
                return None
            raise

    def post(self, path: str, body: Any) -> Answer:
        """POST a JSON body. Raises QueueUnavailable or CallRefused."""
        return self.call("POST", path, body)

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Call until an answer comes that is not "busy"."""
        deadline = time.monotonic() + self._patience_s
        pause_s = 0.05
        while True:
            trouble, answer = self._once(method, path, body)
            if answer is not None:
                return answer
            if time.monotonic() + pause_s > deadline:
                raise QueueUnavailable(f"Prefect's server at {self.api_url} cannot be used: {trouble}. Try again.")
            self._sleep(random.uniform(pause_s / 2, pause_s))  # noqa: S311 - spreads the retries, keeps no secret
            pause_s = min(pause_s * 1.6, 0.8)

    def _once(self, method: str, path: str, body: Any) -> tuple[str, Answer | None]:
        try:
            response = self._http.request(method, path.lstrip("/"), json=body)
        except httpx.TransportError as error:
            return type(error).__name__, None
        if response.status_code in _RETRIED or (response.status_code == 500 and "locked" in response.text):
            return f"it answered {response.status_code}", None
        if response.status_code >= 400:
            raise CallRefused(response.status_code, response.text)
        return "", Answer(response.status_code, response.json() if response.content else None)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()
