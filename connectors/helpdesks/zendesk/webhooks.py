"""Zendesk's webhooks: base64 of HMAC-SHA256 over the timestamp as it stands in its header, and the body.

A trigger sends what its template says; ours is {"ticket_id": "{{ticket.id}}"}.
Source: https://developer.zendesk.com/documentation/webhooks/verifying, …/anatomy-of-a-webhook-request.
"""

from __future__ import annotations

from datetime import datetime

from connectors.errors import BadSignature
from connectors.gateway import Delivery
from connectors.helpdesks.answers import time_of
from connectors.helpdesks.helpdesk import Hint
from connectors.helpdesks.signatures import (
    base64_hmac,
    check,
    check_body,
    check_time,
    digest_of,
    read_object,
    ticket_id_of,
)


def receive(delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> Hint:
    """The ticket that a trigger is about. Raises BadSignature or UnexpectedShape."""
    check_body(delivery.body)
    stamp = delivery.headers.get("x-zendesk-webhook-signature-timestamp", "")
    signed = stamp.encode() + delivery.body
    signature = delivery.headers.get("x-zendesk-webhook-signature", "")
    check(signature, secrets, lambda secret: base64_hmac(secret, signed, "sha256"))
    signed_at = time_of(stamp)
    if signed_at is None:
        raise BadSignature("The timestamp of the message cannot be read.")
    check_time(signed_at, now)
    ticket_id = ticket_id_of(read_object(delivery.body).get("ticket_id"))
    return Hint(digest_of(stamp, delivery.body.decode("utf-8", "replace")), ticket_id)
