"""Braintree's webhooks: who sent it, and which object to read again. Never what the object looks like.

A form post of bt_signature ("public_key|hex&other_key|hex") and bt_payload (XML in base64). The signature is an
HMAC-SHA1 whose key is SHA1(private_key); the web process holds that digest only. Source: the SDK's
webhook_notification_gateway.py and util/crypto.py, which a test compares this with.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateways.braintree.markup import read_markup
from connectors.gateways.braintree.resources import resource_of

MAX_BODY = 1_048_576
OLDEST = timedelta(days=2)
"""Braintree delivers again for a day."""
SKEW = timedelta(minutes=5)
_PAYLOAD = re.compile(r"[A-Za-z0-9+/=\n]+")
_CHALLENGE = re.compile(r"[a-f0-9]{20,32}")
_SECRET = re.compile(r"([A-Za-z0-9_-]{1,128}):([0-9a-f]{40})")
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")


def verify_webhook(body: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> tuple[str, str, str]:
    """Return (event id, resource, object id); for an object of no table of ours ("events", event id).

    Braintree's webhooks have no id: it is a digest of the signed payload, the same each time that it is delivered.
    `secrets` read "public_key:sha1 of the private key"; several serve their change; `header` is not used. Raises
    BadSignature, and UnexpectedShape for a message that Braintree did sign but that is no notification.
    """
    signature, payload = _form(body)
    if not any(_is_signed(signature, payload, secret) for secret in secrets):
        raise BadSignature("No signature of the message fits a webhook secret of this account.")
    notification = _notification(payload)
    _check_time(notification, now)
    event_id = "bt_" + hashlib.sha256(payload.encode()).hexdigest()[:40]
    found = _subject(str(notification.get("kind")), notification.get("subject"))
    return (event_id, *found) if found else (event_id, "events", event_id)


def answer_challenge(query: Mapping[str, str], secrets: tuple[str, ...]) -> str:
    """The text that answers `GET ?bt_challenge=…`, by which Braintree checks an address. Raises BadSignature."""
    challenge = query.get("bt_challenge", "")
    if not _CHALLENGE.fullmatch(challenge) or not secrets:
        raise BadSignature("This is no challenge of Braintree's, or the account has no webhook secret.")
    public_key, digest = _parts(secrets[0])
    return f"{public_key}|{_signed(digest, challenge)}"


def _form(body: bytes) -> tuple[str, str]:
    if len(body) > MAX_BODY:
        raise BadSignature(f"The message is larger than {MAX_BODY} bytes.")
    try:
        fields = dict(parse_qsl(body.decode("ascii"), max_num_fields=16))
    except ValueError:
        raise BadSignature("The message is no form.") from None
    signature, payload = fields.get("bt_signature", ""), fields.get("bt_payload", "")
    if not signature.isascii() or not _PAYLOAD.fullmatch(payload):
        raise BadSignature("The message has no bt_signature and bt_payload as Braintree writes them.")
    return signature, payload


def _is_signed(signature: str, payload: str, secret: str) -> bool:
    public_key, digest = _parts(secret)
    offered = [pair.partition("|") for pair in signature.split("&")]
    ours = [mac for name, _, mac in offered if name == public_key]
    # The line break at the end of the payload is lost by some that pass it on.
    expected = [_signed(digest, payload), _signed(digest, payload + "\n")]
    return any(hmac.compare_digest(mac, each) for mac in ours for each in expected)


def _parts(secret: str) -> tuple[str, bytes]:
    found = _SECRET.fullmatch(secret)
    if found is None:
        raise BadSignature(
            "The webhook secret must read public_key:sha1 of the private key, never the private key itself."
        )
    return found.group(1), bytes.fromhex(found.group(2))


def _signed(digest: bytes, text: str) -> str:
    return hmac.new(digest, text.encode(), hashlib.sha1).hexdigest()


def _notification(payload: str) -> Mapping[str, Any]:
    try:
        _, notification = read_markup(base64.b64decode(payload).strip())
    except (binascii.Error, ValueError):
        raise UnexpectedShape("The message is signed and its payload is not base64.") from None
    if not isinstance(notification, Mapping) or notification.get("object") != "notification":
        raise UnexpectedShape("The message is signed and is no notification.")
    return notification


def _check_time(notification: Mapping[str, Any], now: datetime) -> None:
    try:
        sent = datetime.fromisoformat(str(notification.get("timestamp")))
    except ValueError:
        raise UnexpectedShape("The notification has no time.") from None
    sent = sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent
    if not -SKEW <= now - sent <= OLDEST:
        raise BadSignature("The message was signed more than 2 days ago or ahead: a replay, or a clock that is off.")


def _subject(kind: str, subject: object) -> tuple[str, str] | None:
    if not isinstance(subject, Mapping):
        return None
    inner = subject.get("api_error_response", subject)
    for name, value in inner.items() if isinstance(inner, Mapping) else ():
        if not isinstance(value, Mapping):
            continue
        if name.startswith("local_payment") and isinstance(value.get("transaction"), Mapping):
            name, value = "transaction", value["transaction"]
        if name == "transaction" and not value.get("type"):
            value = {**value, "type": "credit" if kind == "refund_failed" else "sale"}
        resource, wanted = resource_of(name, dict(value)), value.get("id")
        if resource is not None and isinstance(wanted, str) and _ID.fullmatch(wanted):
            return resource, wanted
    return None
