"""Webhooks: only what PayPal signed, with a certificate that is PayPal's, and what it says as a hint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from connectors.errors import BadSignature, Unavailable, UnexpectedShape
from connectors.gateway import Delivery
from connectors.gateways.paypal import GATEWAY
from connectors.gateways.paypal.certificates import Certificates, public_roots
from connectors.gateways.paypal.webhooks import MAX_BODY, verify_delivery
from sandbox.paypal.certificates import Signer, signer
from sandbox.paypal.running import Running
from sandbox.paypal.webhooks import headers

NOW = datetime.now(UTC)
LIVE = "https://api-m.paypal.com"
WEBHOOK = "WH-ONE"


def event(kind: str = "PAYMENT.CAPTURE.COMPLETED", **about: object) -> bytes:
    return orjson.dumps({"id": "WH-EVENT-1", "event_type": kind, "resource": {"id": "CAPTURE1", **about}})


def delivery(body: bytes, by: Signer | None = None, *, webhook: str = WEBHOOK, at: datetime = NOW) -> Delivery:
    """As PayPal itself would send it: the certificate at PayPal's own address."""
    signed = headers(body, by or signer(), webhook, "https://api.paypal.com", at)
    return Delivery(body, {name.lower(): value for name, value in signed.items()}, LIVE)


def certificates(by: Signer | None = None, trusted: Signer | None = None) -> Certificates:
    """Nothing is fetched from PayPal; the root of `trusted` stands for those that browsers trust."""
    chain = (by or signer()).chain
    return Certificates(lambda _: chain, roots=[(trusted or by or signer()).root])


def verify(
    given: Delivery, known: Certificates | None = None, secrets: tuple[str, ...] = (WEBHOOK,), now: datetime = NOW
) -> tuple[str, str, str]:
    return verify_delivery(given, secrets, now, certificates=known or certificates())


@pytest.mark.parametrize(
    ("kind", "about", "resource", "named"),
    [
        ("PAYMENT.CAPTURE.COMPLETED", {}, "captures", "CAPTURE1"),
        ("PAYMENT.CAPTURE.REFUNDED", {"id": "REFUND1"}, "refunds", "REFUND1"),
        ("PAYMENT.AUTHORIZATION.VOIDED", {"id": "AUTH1"}, "authorizations", "AUTH1"),
        ("CUSTOMER.DISPUTE.CREATED", {"dispute_id": "PP-D-1"}, "disputes", "PP-D-1"),
        ("BILLING.SUBSCRIPTION.CANCELLED", {"id": "I-1"}, "subscriptions", "I-1"),
        ("INVOICING.INVOICE.PAID", {"invoice": {"id": "INV2-1"}}, "invoices", "INV2-1"),
        ("CHECKOUT.ORDER.APPROVED", {"id": "ORDER1"}, "orders", "ORDER1"),
        ("PAYMENT.SALE.COMPLETED", {"id": "SALE1"}, "captures", "SALE1"),
        ("SOMETHING.NEW", {}, "events", "WH-EVENT-1"),
        ("PAYMENT.CAPTURE.COMPLETED", {"id": "../x"}, "events", "WH-EVENT-1"),
        ("PAYMENT.CAPTURE.COMPLETED", {"id": 5}, "events", "WH-EVENT-1"),
    ],
)
def test_a_signed_event_names_the_object_to_read_again(
    kind: str, about: dict[str, object], resource: str, named: str
) -> None:
    assert verify(delivery(event(kind, **about))) == ("WH-EVENT-1", resource, named)


def test_any_webhook_id_of_the_account_will_do() -> None:
    assert verify(delivery(event()), secrets=("WH-OLD", WEBHOOK))[0] == "WH-EVENT-1"
    with pytest.raises(BadSignature):
        verify(delivery(event()), secrets=("WH-OLD",))
    with pytest.raises(BadSignature):
        verify(delivery(event()), secrets=())


def test_a_changed_body_is_forged() -> None:
    good = delivery(event())
    for body in (good.body.replace(b"1", b"2"), good.body + b" ", good.body[:-1], b""):
        with pytest.raises(BadSignature):
            verify(replace(good, body=body))


@pytest.mark.parametrize("name", ["transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo"])
@pytest.mark.parametrize("value", ["", "x", "ü", "y" * 5_000])
def test_a_header_that_is_missing_or_another_is_forged(name: str, value: str) -> None:
    good = delivery(event())
    with pytest.raises(BadSignature):
        verify(replace(good, headers={**good.headers, f"paypal-{name}": value}))


def test_another_key_is_forged_whatever_its_certificate_says() -> None:
    forger = signer(lives=timedelta(days=399))
    # Signed by the forger, shown with PayPal's certificate.
    with pytest.raises(BadSignature, match="fits no webhook id"):
        verify(delivery(event(), forger), certificates())
    # Shown with the forger's own certificate for PayPal's name.
    with pytest.raises(BadSignature, match="nobody that is trusted"):
        verify(delivery(event(), forger), certificates(forger, trusted=signer()))


def test_a_trusted_certificate_of_somebody_else_is_not_paypals() -> None:
    other = signer("paypal.com.example.org")
    with pytest.raises(BadSignature, match="not PayPal's"):
        verify(delivery(event(), other), certificates(other))


@pytest.mark.parametrize(
    ("lives", "since"), [(timedelta(days=2), timedelta(days=3)), (timedelta(days=9), timedelta(days=-2))]
)
def test_a_certificate_that_has_expired_or_is_not_valid_yet_is_refused(lives: timedelta, since: timedelta) -> None:
    old = signer(lives=lives, since=since)
    with pytest.raises(BadSignature, match="expired"):
        verify(delivery(event(), old), certificates(old))


@pytest.mark.parametrize(
    "address",
    [
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com.example.org/v1/notifications/certs/CERT-1",
        "https://example.org/v1/notifications/certs/CERT-1?x=api.paypal.com",
        "https://api.paypal.com@example.org/v1/notifications/certs/CERT-1",
        "https://evilpaypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/../../elsewhere",
        "https://api.paypal.com/elsewhere",
        "http://127.0.0.1:8433/v1/notifications/certs/CERT-1",
        "file:///v1/notifications/certs/CERT-1",
        "https://[::1",
    ],
)
def test_a_certificate_is_fetched_from_paypal_only(address: str) -> None:
    def fetch(_: str) -> bytes:
        raise AssertionError("it was fetched")

    good = delivery(event())
    with pytest.raises(BadSignature, match="address"):
        verify(replace(good, headers={**good.headers, "paypal-cert-url": address}), Certificates(fetch))


def test_a_certificate_is_fetched_once_and_forgotten_when_it_ends() -> None:
    fetched: list[str] = []

    def fetch(address: str) -> bytes:
        fetched.append(address)
        return signer().chain

    known = Certificates(fetch, roots=[signer().root])
    for _ in range(3):
        verify(delivery(event()), known)
    assert fetched == ["https://api.paypal.com/v1/notifications/certs/CERT-sandbox"]
    later = NOW + timedelta(days=500)
    with pytest.raises(BadSignature, match="expired"):
        verify(delivery(event(), at=later), known, now=later)
    assert len(fetched) == 2


@pytest.mark.parametrize(
    "pem", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused(pem: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(delivery(event()), Certificates(lambda _: pem))


def test_a_certificate_that_cannot_be_had_now_is_no_forgery() -> None:
    def fetch(_: str) -> bytes:
        raise Unavailable("PayPal's certificate cannot be fetched now.")

    with pytest.raises(Unavailable):
        verify(delivery(event()), Certificates(fetch))


@pytest.mark.parametrize("shift", [timedelta(days=-5), timedelta(minutes=6)])
def test_a_message_of_another_time_is_a_replay(shift: timedelta) -> None:
    with pytest.raises(BadSignature, match="4 days"):
        verify(delivery(event(), at=NOW + shift))
    assert verify(delivery(event(), at=NOW - timedelta(days=3)))


def test_a_body_that_is_too_large_is_not_read() -> None:
    with pytest.raises(BadSignature, match="larger"):
        verify(delivery(event(note="x" * MAX_BODY)))


@pytest.mark.parametrize("body", [b"not json", b"[]", b"{}", b'{"id": 5, "event_type": "X"}', b'{"id": "WH-1"}'])
def test_what_is_signed_and_no_event_is_a_shape_of_its_own(body: bytes) -> None:
    with pytest.raises(UnexpectedShape):
        verify(delivery(body))


def test_the_public_roots_are_there() -> None:
    assert len(public_roots()) > 50


def _an_event(pay: Running) -> str:
    return pay.app.store.all("event")[-1].wanted


def _sent(pay: Running, change: Callable[[dict[str, str]], dict[str, str]] = lambda same: same) -> Delivery:
    pay.control("GET", "summary")
    sent = pay.control("POST", "webhooks/sign", {"event": _an_event(pay)})
    signed = change({name.lower(): value for name, value in sent["headers"].items()})
    return Delivery(sent["body"].encode(), signed, pay.url)


def test_the_stand_ins_own_messages_are_believed_for_an_account_on_it(pay: Running) -> None:
    found = GATEWAY.verified(_sent(pay), (pay.settings.webhook_id,), datetime.now(UTC))
    assert found[0] == _an_event(pay)


def test_the_stand_ins_certificate_is_not_believed_for_a_real_account(pay: Running) -> None:
    with pytest.raises(BadSignature, match="address"):
        GATEWAY.verified(replace(_sent(pay), api_base=LIVE), (pay.settings.webhook_id,), datetime.now(UTC))


def test_another_port_of_this_machine_is_not_the_stand_in(pay: Running) -> None:
    given = replace(_sent(pay), api_base="http://127.0.0.1:1")
    with pytest.raises(BadSignature, match="address"):
        GATEWAY.verified(given, (pay.settings.webhook_id,), datetime.now(UTC))
