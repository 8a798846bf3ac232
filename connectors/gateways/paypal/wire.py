"""HTTP to PayPal: an access token that is renewed, and what `connectors.http` brings.

A write is sent once; it is sent again only after an answer that says that the access token was not accepted, because
nothing was carried out then. Source: https://developer.paypal.com/api/rest/authentication.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import orjson

from connectors.gateway import AccountAccess
from connectors.gateways.paypal.errors import FAILURES, TokenRefused, from_answer
from connectors.gateways.paypal.tokens import Tokens
from connectors.http import TRIES, Answer, Connection, Params, Received


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
        headers = {"Accept": "application/json"}
        self._connection = Connection(access, FAILURES, timeout_s=timeout_s, headers=headers, tries=tries, sleep=sleep)
        self.tokens = Tokens(access, self._connection)
        self.close = self._connection.close

    def get(self, path: str, params: Params | None = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Read one answer; raises RateLimited or Unavailable after the last try, and other errors at once."""
        ask = self._connection.patiently
        return ask(lambda: self._authorised("GET", path, params or {}, None, headers or {}, False))

    def search(self, path: str, params: Params, body: object) -> Answer:
        """The same for lists that PayPal gives to a POST."""
        return self._connection.patiently(lambda: self._authorised("POST", path, params, body, {}, False))

    def post(self, path: str, body: object, *, headers: Mapping[str, str]) -> Answer:
        """Write, once. Raises OutcomeUnknown where the request may have had its effect."""
        # Without a token nothing is sent, so its failure is none of the write's.
        self.tokens.current()
        return self._authorised("POST", path, {}, body, headers, True)

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
        request = self._connection.client.build_request(
            method, path, params=dict(params), content=content, headers={**kind, **headers}
        )
        return self._parsed(self._connection.send(request, is_write=is_write), is_write)

    def _parsed(self, received: Received, is_write: bool) -> Answer:
        if received.status == 204:
            return Answer(b"", None)
        data = received.json()
        if received.is_success and isinstance(data, dict):
            return Answer(received.body, data)
        if received.status < 300 and received.body.lstrip()[:1] in {b"{", b""} and not is_write:
            raise self._connection.truncated()
        raise from_answer(received.status, data, received.headers, is_write=is_write)
