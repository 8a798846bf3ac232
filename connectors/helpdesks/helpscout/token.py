"""Help Scout's access tokens: two days long, asked for with the app's id and secret, kept in memory only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import httpx

from connectors.errors import NotAuthorised
from connectors.failures import Failures

EARLY_S = 60.0


class Tokens:
    """The token of one app, asked for anew before it ends."""

    def __init__(
        self, client: httpx.Client, key: str, failures: Failures, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._app_id, _, self._secret = key.partition(":")
        self._failures = failures
        self._clock = clock
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def header(self) -> str:
        """The Authorization header. Raises NotAuthorised or Unavailable."""
        with self._lock:
            if not self._token or self._clock() >= self._until:
                self._renew()
            return f"Bearer {self._token}"

    def forget(self) -> None:
        """The token was not accepted: the next call asks for another one."""
        with self._lock:
            self._token = ""

    def _renew(self) -> None:
        form = {"grant_type": "client_credentials", "client_id": self._app_id, "client_secret": self._secret}
        try:
            # No Authorization here: it would ask for itself.
            answer = self._client.post("/v2/oauth2/token", data=form, auth=httpx.Auth())
        except httpx.HTTPError as error:
            raise self._failures.of_connection(error, is_write=False) from None
        if answer.status_code == 429:
            raise self._failures.too_many(answer.headers)
        if answer.status_code >= 500:
            raise self._failures.of_server(answer.status_code, is_write=False)
        found = answer.json() if answer.is_success else {}
        token, seconds = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int):
            raise NotAuthorised("Help Scout does not accept the app's id and secret.")
        self._token, self._until = token, self._clock() + max(0.0, seconds - EARLY_S)


class BearerAuth(httpx.Auth):
    """Puts the token into each request, and asks once for a new one where it is not accepted."""

    def __init__(self) -> None:
        self.tokens: Tokens | None = None

    def auth_flow(self, request: httpx.Request):  # type: ignore[no-untyped-def]
        """httpx calls it for each request."""
        assert self.tokens is not None
        request.headers["Authorization"] = self.tokens.header()
        response = yield request
        if response.status_code == 401:
            self.tokens.forget()
            request.headers["Authorization"] = self.tokens.header()
            yield request
