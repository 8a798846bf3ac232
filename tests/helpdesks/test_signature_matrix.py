"""Scheme × attack: no message that its helpdesk did not sign, now and for us, is believed.

A row is a scheme, a column an attack on a good message. A scheme without a time cannot tell an old message, and
Freshdesk's covers no body: there a delivery makes us read a ticket again, as any does, and no more.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from connectors.errors import BadSignature
from connectors.gateway import Delivery
from connectors.helpdesks.helpdesk import Echo, Hint
from connectors.helpdesks.registry import helpdesk

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
SECRET, OTHER = "the secret of this helpdesk", "the secret of another helpdesk"


@dataclass(frozen=True)
class Scheme:
    """One way of signing."""

    helpdesk: str
    header: str
    message: Mapping[str, object]
    sign: Callable[[bytes, str, datetime], dict[str, str]]
    has_time: bool = False
    covers_body: bool = True


def mac(secret: str, message: bytes, digest: str) -> bytes:
    return hmac.new(secret.encode(), message, digest).digest()


def zendesk(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "x-zendesk-webhook-signature-timestamp": stamp,
        "x-zendesk-webhook-signature": b64encode(mac(secret, stamp.encode() + body, "sha256")).decode(),
    }


def freshdesk(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    return {"x-counterfoil-secret": secret}


def helpscout(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    signature = b64encode(mac(secret, body, "sha1")).decode()
    return {"x-helpscout-signature": signature, "x-helpscout-event": "convo.note.created"}


def intercom(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    return {"x-hub-signature": "sha1=" + mac(secret, body, "sha1").hex()}


def front_application(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    stamp = str(int(at.timestamp() * 1000))
    signature = b64encode(mac(secret, f"{stamp}:".encode() + body, "sha256")).decode()
    return {"x-front-request-timestamp": stamp, "x-front-signature": signature}


def front_rule(body: bytes, secret: str, at: datetime) -> dict[str, str]:
    return {"x-front-signature": b64encode(mac(secret, body, "sha1")).decode()}


NOTED = {"id": "notif_1", "topic": "conversation.admin.noted", "data": {"item": {"id": "42"}}}
EVENT = {"id": "evt_1", "type": "comment", "conversation": {"id": "cnv_42"}}
SCHEMES = {
    "zendesk": Scheme("zendesk", "x-zendesk-webhook-signature", {"ticket_id": "42"}, zendesk, has_time=True),
    "freshdesk": Scheme("freshdesk", "x-counterfoil-secret", {"ticket_id": "42"}, freshdesk, covers_body=False),
    "help scout": Scheme("helpscout", "x-helpscout-signature", {"id": 42, "subject": "é / ü"}, helpscout),
    "intercom": Scheme("intercom", "x-hub-signature", NOTED, intercom),
    "front application": Scheme("front", "x-front-signature", {"payload": EVENT}, front_application, has_time=True),
    "front rule": Scheme("front", "x-front-signature", EVENT, front_rule),
}


def good(scheme: Scheme, secret: str = SECRET, at: datetime = NOW) -> Delivery:
    body = orjson.dumps(scheme.message)
    return Delivery(body, scheme.sign(body, secret, at), "http://127.0.0.1:1")


def with_signature(scheme: Scheme, signature: str) -> Delivery:
    found = good(scheme)
    return replace(found, headers={**found.headers, scheme.header: signature})


def forged(scheme: Scheme) -> Delivery:
    digest = hashlib.sha256(orjson.dumps(scheme.message)).digest()
    return with_signature(scheme, b64encode(digest).decode())


def changed_body(scheme: Scheme) -> Delivery:
    return replace(good(scheme), body=orjson.dumps(scheme.message).replace(b"42", b"43"))


def truncated_body(scheme: Scheme) -> Delivery:
    return replace(good(scheme), body=good(scheme).body[:-2])


def truncated_signature(scheme: Scheme) -> Delivery:
    return with_signature(scheme, good(scheme).headers[scheme.header][:-4])


def doubled_header(scheme: Scheme) -> Delivery:
    signature = good(scheme).headers[scheme.header]
    return with_signature(scheme, f"{signature}, {signature}")


def no_header(scheme: Scheme) -> Delivery:
    return replace(good(scheme), headers={})


def later_stamp(scheme: Scheme) -> Delivery:
    """An old message whose time was changed and whose signature was not."""
    old, new = good(scheme, at=NOW - timedelta(hours=1)), good(scheme)
    return replace(old, headers={**new.headers, scheme.header: old.headers[scheme.header]})


ATTACKS: dict[str, Callable[[Scheme], Delivery]] = {
    "forged": forged,
    "other secret": lambda scheme: good(scheme, OTHER),
    "empty secret": lambda scheme: good(scheme, ""),
    "expired": lambda scheme: good(scheme, at=NOW - timedelta(minutes=6)),
    "from the future": lambda scheme: good(scheme, at=NOW + timedelta(minutes=6)),
    "time changed": later_stamp,
    "changed body": changed_body,
    "truncated body": truncated_body,
    "truncated signature": truncated_signature,
    "empty signature": lambda scheme: with_signature(scheme, ""),
    "no header": no_header,
    "doubled header": doubled_header,
    "not ASCII": lambda scheme: with_signature(scheme, "ü" * 20),
    "huge signature": lambda scheme: with_signature(scheme, "A" * 100_000),
    "huge body": lambda scheme: replace(good(scheme), body=b"{" + b" " * 1_100_000 + b"}"),
}
NEEDS_TIME = {"expired", "from the future", "time changed"}
NEEDS_BODY = {"changed body", "truncated body"}
MATRIX = [
    (name, attack)
    for name, scheme in SCHEMES.items()
    for attack in ATTACKS
    if (scheme.has_time or attack not in NEEDS_TIME) and (scheme.covers_body or attack not in NEEDS_BODY)
]


def receive(scheme: Scheme, delivery: Delivery, secrets: tuple[str, ...] = (SECRET,)) -> Hint | Echo | None:
    return helpdesk(scheme.helpdesk).receive(delivery, secrets, NOW)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_good_message_names_its_ticket(name: str) -> None:
    found = receive(SCHEMES[name], good(SCHEMES[name]))
    assert isinstance(found, Hint)
    assert found.ticket_id in ("42", "cnv_42")


@pytest.mark.parametrize(("name", "attack"), MATRIX)
def test_no_attack_gets_in(name: str, attack: str) -> None:
    scheme = SCHEMES[name]
    with pytest.raises(BadSignature):
        receive(scheme, ATTACKS[attack](scheme))


@pytest.mark.parametrize("name", SCHEMES)
def test_two_secrets_serve_their_change_and_none_opens_nothing(name: str) -> None:
    scheme = SCHEMES[name]
    assert receive(scheme, good(scheme), (OTHER, SECRET)) is not None
    for secrets in ((), ("",), (" ",)):
        with pytest.raises(BadSignature):
            receive(scheme, good(scheme), secrets)


def test_fronts_challenge_is_answered_only_where_it_is_signed() -> None:
    body = b'{"type":"sync"}'
    headers = {**front_application(body, SECRET, NOW), "x-front-challenge": "abc123"}
    front = helpdesk("front")
    assert front.receive(Delivery(body, headers, ""), (SECRET,), NOW) == Echo("abc123")
    with pytest.raises(BadSignature):
        front.receive(Delivery(body, headers, ""), (OTHER,), NOW)


def test_a_rule_of_front_is_signed_as_compact_json_however_it_was_sent() -> None:
    scheme = SCHEMES["front rule"]
    spaced = orjson.dumps(scheme.message, option=orjson.OPT_INDENT_2)
    assert receive(scheme, replace(good(scheme), body=spaced)) is not None
