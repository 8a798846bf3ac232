"""Signatures as the Standard Webhooks specification has them: HMAC-SHA256 over "id.timestamp.content", in base64.

The content is the body; of a request without one, its path with its query, so that a signature is good for one address.
Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connectors.errors import BadSignature

PREFIX = "whsec_"
FEWEST_BYTES = 24
TOLERANCE = timedelta(minutes=5)
MAX_HEADER = 2_048
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


class SecretInvalid(ValueError):
    """The text is no secret of Standard Webhooks; it is not shown."""


def secret_bytes(secret: str) -> bytes:
    """The key in a secret like whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw. Raises SecretInvalid."""
    try:
        key = b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.strip().startswith(PREFIX) or len(key) < FEWEST_BYTES:
        raise SecretInvalid(f"The secret must be {PREFIX} and base64 of at least {FEWEST_BYTES} random bytes.")
    return key


def headers_for(secret: str, message_id: str, at: datetime, content: bytes) -> dict[str, str]:
    """The three headers of a message. Raises SecretInvalid."""
    seconds = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": _signature(secret_bytes(secret), message_id, seconds, content),
    }


def check(headers: Mapping[str, str], content: bytes, secrets: tuple[str, ...], now: datetime) -> tuple[str, datetime]:
    """(message id, when it was sent). Raises BadSignature: forged, changed, too old, from the future.

    Several secrets serve their change; so do several signatures, parted by spaces.
    """
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not _ID.fullmatch(message_id) or not re.fullmatch(r"[0-9]{1,12}", seconds) or len(given) > MAX_HEADER:
        raise BadSignature("The message has no webhook-id, webhook-timestamp and webhook-signature that can be read.")
    if not any(_fits(secret, message_id, seconds, content, given) for secret in secrets):
        raise BadSignature("No signature of the message fits a webhook secret of this account.")
    try:
        at = datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        raise BadSignature("The message's time cannot be.") from None
    if abs(now - at) > TOLERANCE:
        raise BadSignature("The message is older than five minutes, or its sender's clock is off.")
    return message_id, at


def _fits(secret: str, message_id: str, seconds: str, content: bytes, given: str) -> bool:
    try:
        wanted = _signature(secret_bytes(secret), message_id, seconds, content)
    except SecretInvalid:
        return False
    return any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given.split(" "))


def _signature(key: bytes, message_id: str, seconds: str, content: bytes) -> str:
    signed = f"{message_id}.{seconds}.".encode() + content
    return "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
