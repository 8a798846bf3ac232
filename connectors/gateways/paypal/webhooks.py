"""PayPal's webhooks: who sent it, and which object to read again. Never what the object looks like.

Signed is "transmission id|transmission time|webhook id|CRC-32 of the raw body (decimal)", with RSA and SHA-256.
Source: https://developer.paypal.com/api/rest/webhooks and PayPal-Python-SDK's WebhookEvent.verify.
"""

from __future__ import annotations

import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import datetime, timedelta

import orjson
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateway import Delivery
from connectors.gateways.paypal.certificates import Certificates
from connectors.gateways.paypal.changes import named_by

SENT_AGAIN_FOR = timedelta(days=4)
"""PayPal sends a message again for three days; the inbox knows the event's id, so that none counts twice."""
AHEAD = timedelta(minutes=5)
MAX_BODY = 1_048_576
MAX_HEADER = 4_096
ALGORITHM = "SHA256withRSA"

_CERTIFICATES = Certificates()


def verify_delivery(
    delivery: Delivery, secrets: tuple[str, ...], now: datetime, *, certificates: Certificates = _CERTIFICATES
) -> tuple[str, str, str]:
    """Return (event id, resource, object id); for an object of no table of ours ("events", event id).

    `secrets` are webhook ids; several serve their change. Raises BadSignature (forged, dated wrongly, too large, a
    certificate that is not PayPal's), Unavailable where the certificate cannot be had now, UnexpectedShape for a
    message that PayPal did sign but that is no event.
    """
    if len(delivery.body) > MAX_BODY:
        raise BadSignature(f"The message is larger than {MAX_BODY} bytes.")
    sent_id, sent_at = _header(delivery, "transmission-id"), _header(delivery, "transmission-time")
    _check_time(sent_at, now)
    if _header(delivery, "auth-algo").lower() != ALGORITHM.lower():
        raise BadSignature(f"The message is not signed with {ALGORITHM}.")
    signature = _signature(_header(delivery, "transmission-sig"))
    certificate = certificates.at(_header(delivery, "cert-url"), delivery.api_base, now)
    checksum = zlib.crc32(delivery.body) & 0xFFFFFFFF
    if not any(_is_signed(certificate, signature, f"{sent_id}|{sent_at}|{one}|{checksum}") for one in secrets):
        raise BadSignature("The signature fits no webhook id of this account.")
    return _named(delivery.body)


def _header(delivery: Delivery, name: str) -> str:
    value = delivery.headers.get(f"paypal-{name}", "")
    if not value or len(value) > MAX_HEADER or not value.isascii():
        raise BadSignature(f"The header paypal-{name} is missing or cannot be read.")
    return value


def _check_time(text: str, now: datetime) -> None:
    try:
        sent = datetime.fromisoformat(text)
        is_good = sent.tzinfo is not None and now - SENT_AGAIN_FOR <= sent <= now + AHEAD
    except ValueError:
        is_good = False
    if not is_good:
        raise BadSignature("The message was signed more than 4 days ago, or in the future: a replay, or a wrong clock.")


def _signature(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except Base64Error:
        raise BadSignature("The signature is no base64.") from None


def _is_signed(certificate: x509.Certificate, signature: bytes, message: str) -> bool:
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(signature, message.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _named(body: bytes) -> tuple[str, str, str]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnexpectedShape("The message is signed and is not JSON.") from None
    wanted = event.get("id") if isinstance(event, Mapping) else None
    if not isinstance(wanted, str) or not 0 < len(wanted) <= 255 or not isinstance(event.get("event_type"), str):
        raise UnexpectedShape("The message is signed and is no webhook event.")
    resource, object_id = next(named_by(event), ("events", wanted))
    return wanted, resource, object_id
