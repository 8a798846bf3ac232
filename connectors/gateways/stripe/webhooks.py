"""Stripe's webhooks: who sent it, when, and which object to read again. Never what the object looks like.

Signature: https://docs.stripe.com/webhooks#verify-manually, checked by the SDK itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import orjson

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateways.stripe.resources import RESOURCE_OF
from stripe import SignatureVerificationError, WebhookSignature

TOLERANCE = timedelta(minutes=5)
MAX_BODY = 1_048_576
MAX_HEADER = 4_096


def verify_webhook(body: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    """Return (event id, resource, object id); for an object of no table of ours ("events", event id).

    Several secrets serve their change. Raises BadSignature (forged, replayed, dated wrongly, too large) and, for a
    message that Stripe did sign but that is no snapshot event, UnexpectedShape.
    """
    if len(body) > MAX_BODY or len(header) > MAX_HEADER:
        raise BadSignature(f"The message is larger than {MAX_BODY} bytes, or its signature than {MAX_HEADER}.")
    if not any(_is_signed(body, header, secret) for secret in secrets):
        raise BadSignature("No signature of the message fits a webhook secret of this account.")
    _check_time(header, now)
    return _named(body)


def _is_signed(body: bytes, header: str, secret: str) -> bool:
    # The SDK compares texts in constant time, which Python does for ASCII only.
    if not header.isascii():
        return False
    try:
        # No tolerance here: the SDK looks at its own clock, and into the past only.
        WebhookSignature.verify_header(body, header, secret, tolerance=None)
    except (SignatureVerificationError, UnicodeDecodeError):
        return False
    return True


def _check_time(header: str, now: datetime) -> None:
    """The SDK has read the same first `t=` and found it to be a number."""
    sent = int(next(item[2:] for item in header.split(",") if item.startswith("t=")))
    if abs(now.timestamp() - sent) > TOLERANCE.total_seconds():
        raise BadSignature("The message was signed more than 5 minutes ago or ahead: a replay, or a clock that is off.")


def _named(body: bytes) -> tuple[str, str, str]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnexpectedShape("The message is signed and is not JSON.") from None
    if not isinstance(event, Mapping) or event.get("object") != "event" or not _is_id(event.get("id")):
        raise UnexpectedShape("The message is no snapshot event; choose snapshot payloads for the endpoint in Stripe.")
    data = event.get("data")
    changed = data.get("object") if isinstance(data, Mapping) else None
    if not isinstance(changed, Mapping) or not _is_id(changed.get("id")) or not _is_id(changed.get("object")):
        return event["id"], "events", event["id"]
    resource = RESOURCE_OF.get(changed["object"])
    return (event["id"], resource, changed["id"]) if resource else (event["id"], "events", event["id"])


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255
