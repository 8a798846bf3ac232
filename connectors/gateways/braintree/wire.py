"""Reading requests to Braintree, in XML: patient where waiting helps (see `connectors.http`).

Searches are POST requests and change nothing, so they are repeated like any read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.errors import GatewayError, UnexpectedShape
from connectors.gateway import AccountAccess
from connectors.gateways.braintree.errors import FAILURES, from_status, from_validation, is_web_page
from connectors.gateways.braintree.keys import read_key
from connectors.gateways.braintree.markup import read_markup, write_markup
from connectors.http import Connection, Received

API_VERSION = "6"
"""The shape of answers that we ask for; the one that the SDK on the act side asks for too."""


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
        self._merchant = f"/merchants/{key.merchant_id}"
        headers = {"Accept": "application/xml", "Accept-Encoding": "gzip", "X-ApiVersion": API_VERSION}
        auth = (key.public_key, key.private_key)
        self._connection = Connection(access, FAILURES, timeout_s=timeout_s, headers=headers, auth=auth, sleep=sleep)
        self.close = self._connection.close

    def get(self, path: str) -> Answer:
        """Read one answer of a path below the merchant's; raises NotAccepted after the last try, others at once."""
        return self._connection.patiently(lambda: self._once("GET", path, None))

    def search(self, path: str, criteria: dict[str, object]) -> Answer:
        """Ask a search; the same errors."""
        body = write_markup("search", criteria)
        return self._connection.patiently(lambda: self._once("POST", path, body))

    def probe(self, path: str) -> GatewayError | None:
        """POST once what cannot have an effect, to see whether the key may; return the error that came, if any."""
        try:
            self._once("POST", path, write_markup("transaction", {}))
        except GatewayError as error:
            return error
        return None

    def _once(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Content-Type": "application/xml"} if body is not None else {}
        request = self._connection.client.build_request(method, self._merchant + path, content=body, headers=headers)
        return self._parsed(self._connection.send(request, is_write=False))

    def _parsed(self, received: Received) -> Answer:
        content = received.body
        if received.status == 422:
            name, value = read_markup(content)
            message = value.get("message") if name == "api_error_response" and isinstance(value, dict) else content[:0]
            raise from_validation([], message)
        if received.status == 404 and is_web_page(content):
            raise FAILURES.unreadable(404, is_write=False)
        if received.status != 200:
            raise from_status(received.status, received.headers, is_write=False)
        if not content.lstrip().startswith(b"<") or is_web_page(content):
            raise UnexpectedShape(
                "The answer is not Braintree's XML; a proxy or a wrong api_base may stand in between."
            )
        try:
            return Answer(*read_markup(content))
        except UnexpectedShape as error:
            if content.rstrip().endswith(b">") and b"no whole XML" not in str(error).encode():
                raise
            raise self._connection.truncated() from None
