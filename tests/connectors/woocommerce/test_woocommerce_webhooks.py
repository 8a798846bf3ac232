"""Webhooks: only what the shop signed, the ping excepted, and what it names as a hint."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateway import Delivery
from connectors.gateways.woocommerce import GATEWAY
from connectors.gateways.woocommerce.webhooks import MAX_BODY, PING
from sandbox.standin.settings import Scope
from sandbox.woocommerce.api import DEFAULTS, make_api

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = "one"
BODY = b'{"id": 727, "status": "refunded", "date_modified_gmt": "2026-11-23T08:59:00"}'


def signed(body: bytes = BODY, secret: str = SECRET) -> str:
    return b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def verify(
    body: bytes, signature: str | None, secrets: tuple[str, ...] = (SECRET,), resource: str = "order"
) -> tuple[str, str, str]:
    headers = {"x-wc-webhook-resource": resource, "x-wc-webhook-topic": f"{resource}.updated"}
    if signature is not None:
        headers["x-wc-webhook-signature"] = signature
    return GATEWAY.verified(Delivery(body, headers, "http://127.0.0.1:1"), secrets, NOW)


@pytest.mark.parametrize(
    ("word", "resource"),
    [
        ("order", "orders"),
        ("customer", "customers"),
        ("product", "products"),
        ("coupon", "coupons"),
        ("action", "others"),
    ],
)
def test_a_signed_message_names_the_object_to_read_again(word: str, resource: str) -> None:
    event, named, wanted = verify(BODY, signed(), resource=word)
    assert (named, wanted, len(event)) == (resource, "727", 32)


def test_the_same_message_again_is_the_same_event_and_a_later_change_is_another() -> None:
    later = BODY.replace(b"08:59", b"09:00")
    assert verify(BODY, signed())[0] == verify(BODY, signed())[0] != verify(later, signed(later))[0]


def test_the_stand_in_signs_as_a_shop_does() -> None:
    api = make_api(None, Scope(scale="small"), DEFAULTS)
    event = {"topic": "order.updated", "resource": "order", "event": "updated", "body": {"id": 5}, "seq": 3}
    body, headers = api.message(event, SECRET)
    delivery = Delivery(body, {name.lower(): value for name, value in headers.items()}, "")
    assert GATEWAY.verified(delivery, (SECRET,), NOW)[1:] == ("orders", "5")
    ping, headers = api.message({"topic": "ping"}, SECRET)
    assert verify(ping, None) == PING


def test_an_unsigned_ping_is_taken_and_leads_to_nothing_however_often_it_comes() -> None:
    assert verify(b"webhook_id=1", None) == verify(b"webhook_id=999", None) == PING
    assert PING[1] not in {resource.name for resource in GATEWAY.resources}


@pytest.mark.parametrize(
    "body", [b"webhook_id=", b"webhook_id=1&x=2", b"webhook_id=x", b"id=1", b"webhook_id=1\n", b"x" * 20, BODY, b""]
)
def test_nothing_else_is_taken_without_a_signature(body: bytes) -> None:
    for signature in (None, ""):
        with pytest.raises(BadSignature):
            verify(body, signature)


def test_a_ping_with_a_wrong_signature_is_forged() -> None:
    with pytest.raises(BadSignature):
        verify(b"webhook_id=1", "rubbish")


def test_a_changed_body_is_forged() -> None:
    for forged in (BODY.replace(b"727", b"728"), BODY + b" ", BODY[:-1]):
        with pytest.raises(BadSignature):
            verify(forged, signed())


@pytest.mark.parametrize("signature", ["x", "é", "=" * 44, "A" * 44, "9" * 5000, signed(secret="other")])
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature):
        verify(BODY, signature)


@given(st.binary(max_size=200), st.text(min_size=1, max_size=100))
def test_no_rubbish_gets_through_or_breaks_anything(body: bytes, signature: str) -> None:
    with pytest.raises(BadSignature):
        verify(body, signature)


def test_each_webhook_of_a_shop_may_have_its_own_secret_and_an_old_one_ends() -> None:
    for secret in ("old", "new"):
        assert verify(BODY, signed(secret=secret), ("old", "new"))
    with pytest.raises(BadSignature):
        verify(BODY, signed(secret="old"), ("new",))


@pytest.mark.parametrize("secrets", [(), ("",), (" ",)])
def test_without_a_secret_nothing_is_believed(secrets: tuple[str, ...]) -> None:
    with pytest.raises(BadSignature):
        verify(BODY, signed(secret=secrets[0] if secrets else SECRET), secrets)


def test_a_huge_body_is_refused_though_it_is_signed() -> None:
    body = BODY + b" " * MAX_BODY
    with pytest.raises(BadSignature, match="larger"):
        verify(body, signed(body))


@pytest.mark.parametrize("message", ["no", [], 1, {}, {"id": "5"}, {"id": True}, {"id": 0}, {"id": -5}, {"id": 1.5}])
def test_what_is_signed_and_names_nothing_is_told_apart_from_a_forgery(message: object) -> None:
    body = json.dumps(message).encode()
    with pytest.raises(UnexpectedShape):
        verify(body, signed(body))


def test_errors_never_show_the_secret_or_the_body() -> None:
    with pytest.raises(BadSignature) as raised:
        verify(BODY, "x", ("whsec_private",))
    assert "private" not in repr(raised.value)
    assert "727" not in repr(raised.value)
