"""Recurly's webhooks (JSON payloads): who sent it, when, and which object to read again.

`recurly-signature: <ms since 1970>,<hex>[,<hex>]`, HMAC-SHA256 over "<ms>.<body>"; two while a key is changed.
Source: https://docs.recurly.com/recurly-subscriptions/docs/signature-verification and the official Ruby client's tests.
XML payloads are not signed, so that they are never believed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import orjson

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateways.recurly.resources import RESOURCE_OF

TOLERANCE = timedelta(minutes=5)
MAX_BODY = 1_048_576
MAX_HEADER = 4_096
MOST_SIGNATURES = 8
_HEADER = re.compile(r"(\d{10,16})((?:,[0-9a-fA-F]{64})+)")

ABOUT = {**RESOURCE_OF, "payment": "transactions", "charge_invoice": "invoices", "credit_invoice": "invoices"}
"""Word of a webhook -> raw table. Billing information is read with its account."""
OTHERS = "others"
"""Resource of messages about objects of no table of ours; nothing is fetched for them."""


def verify_webhook(body: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    """Return (event id, resource, object id); the event id is a digest, because Recurly gives messages none.

    Several secrets serve their change. Raises BadSignature (forged, replayed, dated wrongly, too large) and, for a
    message that Recurly did sign but that names no object, UnexpectedShape.
    """
    if len(body) > MAX_BODY or len(header) > MAX_HEADER:
        raise BadSignature(f"The message is larger than {MAX_BODY} bytes, or its signature than {MAX_HEADER}.")
    parts = _HEADER.fullmatch(header)
    if parts is None:
        raise BadSignature("The header recurly-signature is missing or cannot be read.")
    stamp, signatures = parts[1], parts[2][1:].split(",")
    if len(signatures) > MOST_SIGNATURES or not any(_fits(body, stamp, signatures, one) for one in secrets):
        raise BadSignature("No signature of the message fits a webhook secret of this account.")
    _check_time(stamp, now)
    return _named(body)


def _fits(body: bytes, stamp: str, signatures: list[str], secret: str) -> bool:
    if not secret.strip():
        return False
    wanted = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(wanted, sent.lower()) for sent in signatures)


def _check_time(stamp: str, now: datetime) -> None:
    if abs(now.timestamp() * 1000 - int(stamp)) > TOLERANCE.total_seconds() * 1000:
        raise BadSignature("The message was signed more than 5 minutes ago or ahead: a replay, or a clock that is off.")


def _named(body: bytes) -> tuple[str, str, str]:
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnexpectedShape("The message is signed and is not JSON.") from None
    kind = message.get("object_type") if isinstance(message, Mapping) else None
    wanted = message.get("id") if isinstance(message, Mapping) else None
    if not isinstance(kind, str) or not isinstance(wanted, str) or not 0 < len(wanted) <= 64:
        raise UnexpectedShape("The message is signed and names no object; choose JSON payloads for the endpoint.")
    event_id = hashlib.sha256(body).hexdigest()[:32]
    return event_id, ABOUT.get(kind, OTHERS), wanted
