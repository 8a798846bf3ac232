"""A shop's webhooks: who sent it, and which object to read again.

`X-WC-Webhook-Signature` is base64 of HMAC-SHA256 over the raw body. There is no time in it: an old message can be sent
again, but its event id is a digest of its body, so that it counts once. The ping `webhook_id=N` that a shop sends when
a webhook is made is not signed; it is taken, and leads to nothing. Refunds arrive as an order that changed.
Source: https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping

import orjson

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateway import Delivery

MAX_BODY = 4 * 1_048_576
"""Orders come whole, with all that plugins add to them."""
MAX_HEADER = 1_024
OTHERS = "others"
"""Resource of messages that lead to nothing."""
PING = ("ping", OTHERS, "ping")
"""Always the same, so that nobody can fill the inbox with pings."""
ABOUT = {"order": "orders", "customer": "customers", "product": "products", "coupon": "coupons"}
_PING = re.compile(rb"webhook_id=\d{1,12}")


def verify_delivery(delivery: Delivery, secrets: tuple[str, ...]) -> tuple[str, str, str]:
    """Return (event id, resource, object id); for a ping, PING.

    Several secrets serve their change, and several webhooks of one shop. Raises BadSignature (forged, too large) and,
    for a message that the shop did sign but that names no object, UnexpectedShape.
    """
    signature = delivery.headers.get("x-wc-webhook-signature", "")
    if len(delivery.body) > MAX_BODY or len(signature) > MAX_HEADER:
        raise BadSignature(f"The message is larger than {MAX_BODY} bytes, or its signature than {MAX_HEADER}.")
    if not signature and _PING.fullmatch(delivery.body):
        return PING
    if not any(_fits(delivery.body, signature, secret) for secret in secrets):
        raise BadSignature("The signature fits no webhook secret of this account.")
    return _named(delivery)


def _fits(body: bytes, signature: str, secret: str) -> bool:
    if not secret.strip() or not signature.isascii():
        return False
    wanted = b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(wanted, signature.strip())


def _named(delivery: Delivery) -> tuple[str, str, str]:
    """The headers are not signed; a wrong one leads to reading an object again, and to no more."""
    try:
        changed = orjson.loads(delivery.body)
    except orjson.JSONDecodeError:
        raise UnexpectedShape("The message is signed and is not JSON.") from None
    wanted = changed.get("id") if isinstance(changed, Mapping) else None
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted <= 0:
        raise UnexpectedShape("The message is signed and names no object; choose a topic such as order.updated.")
    event_id = hashlib.sha256(delivery.body).hexdigest()[:32]
    return event_id, ABOUT.get(delivery.headers.get("x-wc-webhook-resource", ""), OTHERS), str(wanted)
