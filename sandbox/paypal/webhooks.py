"""The headers of a webhook: RSA and SHA-256 over "transmission id|time|webhook id|CRC-32 of the body"."""

import base64
import zlib
from datetime import UTC, datetime
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from sandbox.paypal.certificates import Signer

CERTIFICATE_PATH = "/v1/notifications/certs/CERT-sandbox"


def headers(
    body: bytes, signer: Signer, webhook_id: str, api_base: str, sent_at: datetime | None = None
) -> dict[str, str]:
    """All five headers; `sent_at` is real time, since receivers compare it with theirs."""
    wanted = str(uuid4())
    at = (sent_at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    message = f"{wanted}|{at}|{webhook_id}|{zlib.crc32(body) & 0xFFFFFFFF}"
    signature = signer.key.sign(message.encode(), PKCS1v15(), SHA256())
    return {
        "PAYPAL-TRANSMISSION-ID": wanted,
        "PAYPAL-TRANSMISSION-TIME": at,
        "PAYPAL-TRANSMISSION-SIG": base64.b64encode(signature).decode(),
        "PAYPAL-CERT-URL": api_base + CERTIFICATE_PATH,
        "PAYPAL-AUTH-ALGO": "SHA256withRSA",
    }
