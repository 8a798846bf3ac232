"""Intercom's webhooks: `X-Hub-Signature: sha1=<hex of HMAC-SHA1(client secret, raw body)>`, no time in it.

Source: https://developers.intercom.com/docs/references/webhooks/webhook-models.
"""

from __future__ import annotations

from datetime import datetime

from connectors.gateway import Delivery
from connectors.helpdesks.answers import part, text
from connectors.helpdesks.helpdesk import Hint
from connectors.helpdesks.signatures import check, check_body, hex_hmac, read_object, ticket_id_of

TOPICS = frozenset({"conversation.admin.noted", "conversation.user.created", "conversation.user.replied"})


def receive(delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> Hint | None:
    """The conversation that changed; None for pings and other topics. Raises BadSignature or UnexpectedShape."""
    check_body(delivery.body)
    signature = delivery.headers.get("x-hub-signature", "")
    check(signature, secrets, lambda secret: "sha1=" + hex_hmac(secret, delivery.body, "sha1"))
    message = read_object(delivery.body)
    if message.get("topic") not in TOPICS:
        return None
    return Hint(text(message.get("id"))[:100], ticket_id_of(part(message, "data", "item").get("id")))
