"""Webhooks: only what Stripe signed, now, and what it says as a hint."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe import WebhookSignature

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateways.stripe import GATEWAY
from connectors.gateways.stripe.webhooks import MAX_BODY

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = "whsec_one"


def event(kind: str = "refund", object_id: str | None = "re_1", **more: Any) -> bytes:
    changed = {"id": object_id, "object": kind, "amount": 5}
    return json.dumps({"id": "evt_1", "object": "event", "data": {"object": changed}, **more}).encode()


def signed(body: bytes, secret: str = SECRET, at: datetime = NOW) -> str:
    header: str = WebhookSignature.generate_signature_header(body.decode(), secret, int(at.timestamp()))
    return header


def verify(body: bytes, header: str, secrets: tuple[str, ...] = (SECRET,), now: datetime = NOW) -> tuple[str, str, str]:
    return GATEWAY.verify_webhook(body, header, secrets, now)


@pytest.mark.parametrize(
    ("kind", "resource"),
    [("refund", "refunds"), ("charge", "charges"), ("dispute", "disputes"), ("customer", "customers"),
     ("balance_transaction", "balance_transactions"), ("tax_id", "tax_ids")],
)  # fmt: skip
def test_a_signed_event_names_the_object_to_read_again(kind: str, resource: str) -> None:
    body = event(kind, "x_1")
    assert verify(body, signed(body)) == ("evt_1", resource, "x_1")


def test_an_event_about_something_else_names_itself() -> None:
    for body in (event("payment_method", "pm_1"), event(object_id=None), event(data={}), event(data=None)):
        assert verify(body, signed(body)) == ("evt_1", "events", "evt_1")


def test_a_changed_body_is_forged() -> None:
    body = event()
    for forged in (body.replace(b"5", b"6"), body + b" ", body[:-1], body[: len(body) // 2], b""):
        with pytest.raises(BadSignature):
            verify(forged, signed(body))


@pytest.mark.parametrize(
    "header",
    ["", "t=", "v1=abc", "t=1,v1=", "t=abc,v1=abc", "rubbish", "t=1", "t=1764000000,v0=abc", "t=" + "9" * 5000,
     "t=1,v1=é", ",,,===", "t=1,v1=" + "a" * 64],
)  # fmt: skip
def test_a_signature_that_is_none_is_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        verify(event(), header)


@given(st.binary(max_size=200), st.text(max_size=100))
def test_no_rubbish_gets_through_or_breaks_anything(body: bytes, header: str) -> None:
    with pytest.raises(BadSignature):
        verify(body, header)


@pytest.mark.parametrize("away", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_five_minutes_on_either_side_are_tolerated_and_no_second_more(away: timedelta) -> None:
    body = event()
    assert verify(body, signed(body), now=NOW + away)
    beyond = away + timedelta(seconds=1 if away > timedelta(0) else -1)
    with pytest.raises(BadSignature, match="replay"):
        verify(body, signed(body), now=NOW + beyond)


def test_a_replayed_signature_under_a_new_time_is_forged() -> None:
    body = event()
    header = signed(body, at=NOW - timedelta(hours=1))
    fresh = header.replace(header.split(",")[0], f"t={int(NOW.timestamp())}")
    for forged in (fresh, f"t={int(NOW.timestamp())},{header}"):
        with pytest.raises(BadSignature):
            verify(body, forged)


def test_while_the_secret_changes_both_are_good_and_later_only_the_new_one() -> None:
    body = event()
    for secret in ("whsec_old", "whsec_new"):
        assert verify(body, signed(body, secret), ("whsec_old", "whsec_new"))
    both = f"{signed(body, 'whsec_old')},{signed(body, 'whsec_new').split(',')[1]}"
    assert verify(body, both, ("whsec_new",))
    with pytest.raises(BadSignature):
        verify(body, signed(body, "whsec_old"), ("whsec_new",))


@pytest.mark.parametrize("secrets", [(), ("",), (" ",)])
def test_without_a_secret_nothing_is_believed(secrets: tuple[str, ...]) -> None:
    body = event()
    with pytest.raises(BadSignature):
        verify(body, signed(body, secrets[0] if secrets else SECRET), secrets)


def test_a_huge_body_is_refused_though_it_is_signed() -> None:
    body = event(padding="x" * MAX_BODY)
    with pytest.raises(BadSignature, match="larger"):
        verify(body, signed(body))


@pytest.mark.parametrize(
    "body",
    [b"no json", b"[]", b"1", b'{"object":"charge","id":"ch_1"}', b'{"object":"event"}', b'{"object":"event","id":5}',
     b'{"object":"v2.core.event","id":"evt_1"}'],
)  # fmt: skip
def test_what_is_signed_and_no_event_is_told_apart_from_a_forgery(body: bytes) -> None:
    with pytest.raises(UnexpectedShape):
        verify(body, signed(body))


def test_errors_never_show_the_secret_or_the_body() -> None:
    with pytest.raises(BadSignature) as raised:
        verify(event("charge", "ch_private"), "t=1,v1=2", ("whsec_private",))
    shown = repr(raised.value) + repr(raised.value.__cause__)
    assert "private" not in shown
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_the_gateway_can_be_asked_what_it_can_without_the_sdk() -> None:
    code = (
        "import sys; from connectors.registry import gateway; gateway('stripe').capabilities; "
        "print(*{'stripe', 'httpx', 'requests'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
