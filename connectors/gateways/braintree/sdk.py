"""The official SDK for one account, over an HTTP client that tells apart what was never sent from what was.

The SDK's own client does not, and its parser would read any XML: here answers are checked before it sees them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import braintree
from connectors.errors import GatewayError, OutcomeUnknown, UnexpectedShape
from connectors.gateway import AccountAccess
from connectors.gateways.braintree.errors import FAILURES, from_status, is_web_page
from connectors.gateways.braintree.keys import Key
from connectors.gateways.braintree.markup import read_markup
from connectors.http import Connection

PARSED = frozenset({200, 201, 204, 422})
"""The statuses whose body the SDK reads."""
READS = ("/advanced_search", "/advanced_search_ids")


def sdk_gateway(key: Key, connection: Connection) -> Any:
    """The SDK's gateway; every request goes to the account's api_base through `connection`."""

    class Through:
        """What the SDK calls an HTTP strategy."""

        def __init__(self, configuration: Any, environment: Any) -> None:
            self._prefix = str(configuration.base_url())

        def http_do(self, verb: str, path: str, headers: Mapping[str, Any], body: Any) -> list[Any]:
            """[status, body] of one request; raises our errors for all that the SDK could only guess at."""
            return _sent(connection, verb, path.removeprefix(self._prefix), headers, body)

        def handle_exception(self, error: Exception) -> None:
            raise error

        def close(self) -> None:
            connection.close()

    # The address is only a form that the SDK wants: `Through` sends to api_base.
    environment = braintree.Environment("counterfoil", "api_base.invalid", "443", "", True, None)
    configuration = braintree.Configuration(
        environment=environment,
        merchant_id=key.merchant_id,
        public_key=key.public_key,
        private_key=key.private_key,
        http_strategy=Through,
    )
    return braintree.BraintreeGateway(config=configuration)


def http_client(access: AccountAccess, timeout_s: float) -> Connection:
    """The connections of one account."""
    return Connection(access, FAILURES, timeout_s=timeout_s)


def _sent(connection: Connection, verb: str, path: str, headers: Mapping[str, Any], body: Any) -> list[Any]:
    is_write = verb != "GET" and not path.split("?")[0].endswith(READS)
    request = connection.client.build_request(verb, path, content=body or b"", headers=dict(headers))
    received = connection.send(request, is_write=is_write)
    if received.status == 404 and is_web_page(received.body):
        raise FAILURES.unreadable(404, is_write=is_write)
    if received.status not in PARSED:
        raise from_status(received.status, received.headers, is_write=is_write)
    try:
        read_markup(received.body)
    except UnexpectedShape:
        raise unreadable(is_write) from None
    return [received.status, received.body.decode()]


def unreadable(is_write: bool) -> GatewayError:
    """An answer that is no answer of Braintree's."""
    if is_write:
        return OutcomeUnknown("Braintree's answer could not be read: the request must be looked up.")
    return UnexpectedShape("Braintree's answer could not be read.")
