"""Help Scout's webhooks: base64 of HMAC-SHA1 over the raw body, no time in it.

The body is the conversation; an old one that is sent again only makes us read it again.
Source: helpscout-api-php, src/Webhooks/IncomingWebhook.php; https://developer.helpscout.com/webhooks/.
"""

from __future__ import annotations

from datetime import datetime

from connectors.gateway import Delivery
from connectors.helpdesks.helpdesk import Hint
from connectors.helpdesks.signatures import base64_hmac, check, check_body, read_object, ticket_id_of

EVENTS = frozenset({"convo.note.created", "convo.created", "convo.customer.reply.created"})


def receive(delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> Hint | None:
    """The conversation that changed; no message has an id. Raises BadSignature or UnexpectedShape."""
    check_body(delivery.body)
    signature = delivery.headers.get("x-helpscout-signature", "")
    check(signature, secrets, lambda secret: base64_hmac(secret, delivery.body, "sha1"))
    # The event's name is no part of what is signed; a wrong one leads to reading, or to nothing.
    if delivery.headers.get("x-helpscout-event", "") not in EVENTS:
        return None
    return Hint("", ticket_id_of(read_object(delivery.body).get("id")))
