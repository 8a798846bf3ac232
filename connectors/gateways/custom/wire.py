"""HTTP to a company's endpoint: every request is signed; `connectors.http` brings the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

import orjson

from connectors.errors import NotAuthorised
from connectors.gateway import AccountAccess
from connectors.gateways.custom.errors import FAILURES, from_answer
from connectors.gateways.custom.signing import SecretInvalid, headers_for
from connectors.http import Answer, Connection

ROOT = "/counterfoil/v1"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Wire:
    """The connection of one account. `repr` never shows the secret. Safe to use from several threads."""

    def __init__(
        self,
        access: AccountAccess,
        *,
        timeout_s: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._secret = access.api_key
        self._clock = clock
        headers = {"Accept": "application/json", "User-Agent": "Counterfoil"}
        self._connection = Connection(access, FAILURES, timeout_s=timeout_s, headers=headers, sleep=sleep)
        self.close = self._connection.close

    def page(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """Read patiently: repeats after 429, 5xx, broken connections and truncated answers."""
        return self._connection.patiently(lambda: self.get(path, params))

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """Read once. Raises ObjectUnknown, NotOffered, Unavailable, …"""
        target = ROOT + path + (f"?{urlencode(params)}" if params else "")
        return self._once("GET", target, f"get_{uuid4().hex}", b"")

    def post(self, path: str, message_id: str, body: Mapping[str, object]) -> Answer:
        """Write, once. Raises OutcomeUnknown where the request may have had its effect."""
        return self._once("POST", ROOT + path, message_id, orjson.dumps(body))

    def _once(self, method: str, target: str, message_id: str, content: bytes) -> Answer:
        is_write = method == "POST"
        try:
            headers = headers_for(self._secret, message_id, self._clock(), content or target.encode())
        except SecretInvalid as error:
            raise NotAuthorised(f"The account's API key is no signing secret. {error}") from None
        if is_write:
            headers["Content-Type"] = "application/json"
        request = self._connection.client.build_request(method, target, content=content or None, headers=headers)
        received = self._connection.send(request, is_write=is_write)
        data = received.json()
        if received.is_success and isinstance(data, dict):
            return Answer(received.body, data)
        if received.status == 200 and received.body.lstrip()[:1] == b"{" and not is_write:
            raise self._connection.truncated()
        raise from_answer(received.status, data, received.headers, is_write=is_write)
