"""GET requests to Stripe: patient where waiting helps (see `connectors.http`); other errors come at once."""

from __future__ import annotations

import time
from collections.abc import Callable

from connectors.errors import GatewayError, NotAuthorised
from connectors.gateway import AccountAccess
from connectors.gateways.stripe.errors import FAILURES, from_answer
from connectors.http import Answer, Connection, Params

API_VERSION = "2026-10-28.endive"
"""The version of the shapes that we ask for; the one that the SDK on the act side asks for too."""


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
        headers = {"Authorization": f"Bearer {check_key(access)}", "Stripe-Version": API_VERSION}
        self._connection = Connection(access, FAILURES, timeout_s=timeout_s, headers=headers, sleep=sleep)
        self.close = self._connection.close

    def get(self, path: str, params: Params) -> Answer:
        """Read one answer; raises RateLimited or Unavailable after the last try, and other errors at once."""
        return self._connection.patiently(lambda: self._once("GET", path, params))

    def probe(self, path: str, form: Params) -> GatewayError | None:
        """POST once what cannot have an effect, to see whether the key may; return the error that came, if any."""
        try:
            self._once("POST", path, form)
        except GatewayError as error:
            return error
        return None

    def _once(self, method: str, path: str, params: Params) -> Answer:
        place = {"params": dict(params)} if method == "GET" else {"data": dict(params)}
        request = self._connection.client.build_request(method, path, **place)  # type: ignore[arg-type]
        received = self._connection.send(request, is_write=False)
        data = received.json()
        if received.status == 200 and data is not None:
            return Answer(received.body, data)
        if received.status == 200 and received.body.lstrip()[:1] in {b"{", b"["}:
            raise self._connection.truncated()
        raise from_answer(received.status, data, received.headers, is_write=False)
