"""Standard Webhooks, written a second time from the specification, so that both sides are held to it."""

import hashlib
import hmac
from base64 import b64decode, b64encode

from sandbox.standin.messages import Request, Turned, answer

TOLERANCE_SECONDS = 300


def signature(secret: str, message_id: str, seconds: str, content: bytes) -> str:
    """The header `webhook-signature`."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([message_id.encode(), seconds.encode(), content])
    return "v1," + b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def admit(request: Request, secret: str) -> None:
    """401 unless the request is signed with the secret, now, for this body, or this address where it has none."""
    target = request.path + (f"?{request.query.decode()}" if request.query else "")
    message_id, seconds = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    wanted = signature(secret, message_id, seconds, request.body or target.encode())
    given = request.headers.get("webhook-signature", "").split(" ")
    is_now = seconds.isdigit() and abs(request.wall - int(seconds)) <= TOLERANCE_SECONDS
    if not is_now or not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given):
        raise Turned(answer(401, {"error": "The signature does not fit."}))
