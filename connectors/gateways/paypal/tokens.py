"""The access token of one account: fetched with the client's id and secret, kept until shortly before it expires.

Source: https://developer.paypal.com/api/rest/authentication; the key is "client_id:client_secret".
"""

from __future__ import annotations

import threading
import time
from base64 import b64encode

import orjson

from connectors.errors import GatewayError, NotAuthorised, Unavailable, UnexpectedShape
from connectors.gateway import AccountAccess
from connectors.gateways.paypal.errors import FAILURES
from connectors.http import Connection, Received

RENEW_BEFORE_S = 60.0
LONGEST_BODY = 262_144


class Tokens:
    """Hands out the current token; one thread at a time fetches a new one. `repr` shows neither key nor token."""

    def __init__(self, access: AccountAccess, connection: Connection) -> None:
        self._access = access
        self._connection = connection
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0
        self.scopes: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return "Tokens()"

    def current(self) -> str:
        """A token that lives for a while. Raises NotAuthorised, RateLimited or Unavailable; nothing else was sent."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._fetch()
            return self._token

    def forget(self, token: str) -> None:
        """PayPal did not accept this token: the next call fetches another."""
        with self._lock:
            if token == self._token:
                self._until = 0.0

    def _fetch(self) -> None:
        headers = {"Authorization": f"Basic {_basic(self._access)}"}
        form = {"grant_type": "client_credentials"}
        request = self._connection.client.build_request("POST", "/v1/oauth2/token", data=form, headers=headers)
        received = self._connection.send(request, is_write=False)
        if received.status != 200:
            raise _failed(received)
        self._token, seconds, self.scopes = _read(received.body)
        # Half of a short life: a token must never expire on its way.
        self._until = time.monotonic() + max(seconds - RENEW_BEFORE_S, seconds / 2)


def _basic(access: AccountAccess) -> str:
    client, separator, secret = access.api_key.partition(":")
    plain = access.api_key.isascii() and access.api_key.isprintable() and " " not in access.api_key
    if not (client and separator and secret and plain):
        raise NotAuthorised(
            f"The API key of {access.account} must be the app's client_id:client_secret, without spaces."
        )
    return b64encode(access.api_key.encode()).decode()


def _failed(received: Received) -> GatewayError:
    if received.status == 429:
        return FAILURES.too_many(received.headers)
    if received.status >= 500:
        return Unavailable(f"PayPal gave no access token (HTTP {received.status}): nothing else was sent.")
    if received.status in {400, 401, 403}:
        return NotAuthorised("PayPal does not accept the client id and secret: they are wrong, or the app was deleted.")
    return UnexpectedShape(
        f"The answer (HTTP {received.status}) to the request for a token is not PayPal's; is api_base right?"
    )


def _read(body: bytes) -> tuple[str, float, frozenset[str]]:
    try:
        data = orjson.loads(body[:LONGEST_BODY])
        token, seconds, scope = data["access_token"], float(data["expires_in"]), data.get("scope", "")
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise UnexpectedShape(
            "PayPal's answer to the request for a token could not be read; is api_base right?"
        ) from None
    if not isinstance(token, str) or not token or not token.isascii() or not isinstance(scope, str):
        raise UnexpectedShape("PayPal's access token is no text.")
    return token, seconds, frozenset(scope.split())
