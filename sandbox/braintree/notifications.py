"""Webhooks: a form of bt_signature and bt_payload. Source: the SDK's webhook_testing_gateway.py and util/crypto.py."""

import hashlib
import hmac
from base64 import encodebytes

from sandbox.braintree.markup import Json, document, now_text


def payload(kind: str, thing: str, obj: Json, now: float) -> str:
    """A notification about an object, in base64 with line breaks."""
    value = {"timestamp": now_text(now), "kind": kind, "subject": {thing: obj}}
    return encodebytes(document("notification", value)).decode()


def form(public_key: str, private_key: str, text: str) -> dict[str, str]:
    """The fields to post."""
    key = hashlib.sha1(private_key.encode(), usedforsecurity=False).digest()
    mac = hmac.new(key, text.encode(), hashlib.sha1).hexdigest()
    return {"bt_signature": f"{public_key}|{mac}", "bt_payload": text}
