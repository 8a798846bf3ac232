"""Front's webhooks, of two kinds.

Application: base64 of HMAC-SHA256 over "<ms since 1970>:<body>"; the first one must be answered with its challenge.
Rule: base64 of HMAC-SHA1 over the body as compact JSON, no time in it, sent once and never again.
Source: https://dev.frontapp.com/docs/application-webhooks, …/docs/rule-webhooks.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateway import Delivery
from connectors.helpdesks.answers import part, text
from connectors.helpdesks.helpdesk import Echo, Hint
from connectors.helpdesks.signatures import base64_hmac, check, check_body, check_time, read_object, ticket_id_of

MAX_CHALLENGE = 200


def receive(delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> Hint | Echo | None:
    """The conversation that changed, or the challenge to answer. Raises BadSignature or UnexpectedShape."""
    check_body(delivery.body)
    if "x-front-request-timestamp" in delivery.headers:
        return _of_application(delivery, secrets, now)
    check(delivery.headers.get("x-front-signature", ""), secrets, _of_rule(delivery.body))
    return _named(read_object(delivery.body))


def _of_application(delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> Hint | Echo | None:
    stamp = delivery.headers["x-front-request-timestamp"]
    signed = f"{stamp}:".encode() + delivery.body
    signature = delivery.headers.get("x-front-signature", "")
    check(signature, secrets, lambda secret: base64_hmac(secret, signed, "sha256"))
    if not stamp.isdigit() or not stamp.isascii() or len(stamp) > 16:
        raise BadSignature("The timestamp of the message cannot be read.")
    check_time(datetime.fromtimestamp(int(stamp) / 1000, UTC), now)
    message = read_object(delivery.body)
    if message.get("type") == "sync":
        challenge = delivery.headers.get("x-front-challenge", "")
        if not 0 < len(challenge) <= MAX_CHALLENGE or not challenge.isprintable():
            raise UnexpectedShape("Front's first message brings no challenge.")
        return Echo(challenge)
    return _named(part(message, "payload") or message)


def _of_rule(body: bytes) -> Any:
    """What a secret makes of a rule's message: Front signs it as JSON.stringify writes it."""
    try:
        compact = orjson.dumps(orjson.loads(body))
    except orjson.JSONDecodeError:
        compact = body
    return lambda secret: base64_hmac(secret, compact, "sha1")


def _named(event: dict[str, Any]) -> Hint | None:
    conversation = part(event, "conversation")
    if not conversation:
        return None
    return Hint(text(event.get("id"))[:100], ticket_id_of(conversation.get("id")))
