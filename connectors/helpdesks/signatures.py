"""What the helpdesks' schemes share: keyed digests, their spellings, and the time that they cover.

A header that came twice is joined with a comma before it gets here, and so fits nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson

from connectors.errors import BadSignature, UnexpectedShape

TOLERANCE = timedelta(minutes=5)
MAX_BODY = 1_048_576
MAX_HEADER = 1_024
Digest = Literal["sha1", "sha256"]


def base64_hmac(secret: str, message: bytes, digest: Digest) -> str:
    """The keyed digest in base64."""
    return b64encode(hmac.new(secret.encode(), message, digest).digest()).decode()


def hex_hmac(secret: str, message: bytes, digest: Digest) -> str:
    """The keyed digest in hexadecimal digits."""
    return hmac.new(secret.encode(), message, digest).hexdigest()


def check(signature: str, secrets: tuple[str, ...], wanted: Callable[[str], str]) -> None:
    """Raise BadSignature unless the signature is the one that one of the secrets makes; empty secrets make none."""
    if not signature or len(signature) > MAX_HEADER or not signature.isascii():
        raise BadSignature("The signature is missing or cannot be read.")
    # All are compared, so that the time taken does not tell which one was close.
    fits = [hmac.compare_digest(wanted(secret), signature) for secret in secrets if secret.strip()]
    if not any(fits):
        raise BadSignature("The signature fits no secret of this helpdesk.")


def check_body(body: bytes) -> None:
    """Raise BadSignature for a body that is larger than any message of a helpdesk."""
    if len(body) > MAX_BODY:
        raise BadSignature(f"The message is larger than {MAX_BODY} bytes.")


def check_time(signed_at: datetime, now: datetime) -> None:
    """Raise BadSignature for a message that was signed long ago, or will be."""
    if abs(now - signed_at) > TOLERANCE:
        raise BadSignature("The message was signed more than 5 minutes ago or ahead: a replay, or a clock that is off.")


def read_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object. Raises UnexpectedShape."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnexpectedShape("The message is signed and is not JSON.") from None
    if not isinstance(found, dict):
        raise UnexpectedShape("The message is signed and is no JSON object.")
    return found


def ticket_id_of(value: object) -> str:
    """A ticket's id out of JSON. Raises UnexpectedShape for what can be none."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not 0 < len(text) <= 64 or not text.replace("_", "").isalnum() or not text.isascii():
        raise UnexpectedShape("The message is signed and names no ticket.")
    return text


def digest_of(*parts: str) -> str:
    """One short text for several, such as an event id."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]
