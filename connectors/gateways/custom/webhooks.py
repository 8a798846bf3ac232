"""What a company's endpoint tells us: an outcome, or that an object changed. Signed as Standard Webhooks.

`{"type": "outcome", "request_id": …}` is an outcome; `{"type": "changed", "resource": "charges", "id": …}` leads to a
read of the object.
"""

from __future__ import annotations

from datetime import datetime

import orjson

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateway import Delivery
from connectors.gateways.custom.outcomes import checked
from connectors.gateways.custom.resources import RESOURCES
from connectors.gateways.custom.signing import check

MAX_BODY = 65_536
OUTCOMES = "outcomes"
_NAMES = frozenset(resource.name for resource in RESOURCES)


def verify_delivery(delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    """(message id, resource, object id); for an outcome (message id, "outcomes", request id).

    Raises BadSignature and, for what is signed and says nothing that we know, UnexpectedShape.
    """
    if len(delivery.body) > MAX_BODY:
        raise BadSignature(f"The message is larger than {MAX_BODY} bytes.")
    message_id, _ = check(delivery.headers, delivery.body, secrets, now)
    try:
        said = orjson.loads(delivery.body)
    except orjson.JSONDecodeError:
        raise UnexpectedShape("The message is signed and is not JSON.") from None
    if not isinstance(said, dict):
        raise UnexpectedShape("The message is signed and is no object.")
    if said.get("type") == "outcome":
        return message_id, OUTCOMES, checked(said).request_id
    resource, wanted = said.get("resource"), said.get("id")
    if said.get("type") != "changed" or resource not in _NAMES or not isinstance(wanted, str) or not wanted:
        raise UnexpectedShape('The message says neither "outcome" nor which object "changed".')
    return message_id, str(resource), wanted


def verify_webhook(body: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    """Always raises BadSignature: one header does not hold a signature of Standard Webhooks."""
    raise BadSignature("The signature stands in three headers; check messages with `Gateway.verified`.")
