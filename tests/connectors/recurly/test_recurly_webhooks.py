"""Webhooks: only what Recurly signed, now, and what it names as a hint."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateways.recurly import GATEWAY
from connectors.gateways.recurly.webhooks import MAX_BODY
from sandbox.recurly.api import DEFAULTS, make_api
from sandbox.standin.settings import Scope

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = "one"
BODY = b'{"id":"rjxwmwedwqug","object_type":"account","site_id":"qc326l1hl8k9","event_type":"created"}'


def signed(body: bytes = BODY, secret: str = SECRET, at: datetime = NOW) -> str:
    stamp = str(int(at.timestamp() * 1000))
    return f"{stamp},{hmac.new(secret.encode(), stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def verify(body: bytes, header: str, secrets: tuple[str, ...] = ("one",), now: datetime = NOW) -> tuple[str, str, str]:
    return GATEWAY.verify_webhook(body, header, secrets, now)


@pytest.mark.parametrize(
    ("kind", "resource"),
    [("account", "accounts"), ("subscription", "subscriptions"), ("payment", "transactions"),
     ("charge_invoice", "invoices"), ("credit_invoice", "invoices"), ("gift_card", "others")],
)  # fmt: skip
def test_a_signed_message_names_the_object_to_read_again(kind: str, resource: str) -> None:
    body = json.dumps({"id": "abc", "object_type": kind, "event_type": "updated"}).encode()
    event, named, wanted = verify(body, signed(body))
    assert (named, wanted) == (resource, "abc")
    assert event == verify(body, signed(body, at=NOW + timedelta(minutes=1)))[0]
    assert len(event) == 32


def test_two_events_have_two_ids() -> None:
    other = BODY.replace(b"created", b"updated")
    assert verify(BODY, signed())[0] != verify(other, signed(other))[0]


def test_the_stand_in_signs_as_recurly_does() -> None:
    api = make_api(None, Scope(scale="small"), DEFAULTS)
    body, headers = api.message({"id": "abc", "object_type": "payment", "seq": 1}, "one")
    assert verify(body, headers["recurly-signature"], now=datetime.now(UTC))[1:] == ("transactions", "abc")


def test_a_changed_body_is_forged() -> None:
    for forged in (BODY.replace(b"account", b"payment"), BODY + b" ", BODY[:-1], b""):
        with pytest.raises(BadSignature):
            verify(forged, signed())


@pytest.mark.parametrize(
    "header",
    ["", ",", "1764000000000", "abc,def", "1764000000000," + "0" * 64, "1764000000000," + "z" * 64, "9" * 5000,
     "1764000000000," + ",".join(["0" * 64] * 60), "1764000000000,é", " " + signed()],
)  # fmt: skip
def test_a_signature_that_is_none_is_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        verify(BODY, header)


@given(st.binary(max_size=200), st.text(max_size=100))
def test_no_rubbish_gets_through_or_breaks_anything(body: bytes, header: str) -> None:
    with pytest.raises(BadSignature):
        verify(body, header)


@pytest.mark.parametrize("away", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_five_minutes_on_either_side_are_tolerated_and_no_more(away: timedelta) -> None:
    assert verify(BODY, signed(), now=NOW + away)
    with pytest.raises(BadSignature, match="replay"):
        verify(BODY, signed(), now=NOW + away * 1.001)


def test_a_replayed_signature_under_a_new_time_is_forged() -> None:
    old = signed(at=NOW - timedelta(hours=1))
    with pytest.raises(BadSignature):
        verify(BODY, f"{int(NOW.timestamp() * 1000)},{old.partition(',')[2]}")


def test_while_the_secret_changes_both_are_good_and_later_only_the_new_one() -> None:
    both = f"{signed(secret='old')},{signed(secret='new').partition(',')[2]}"
    for secrets in (("old",), ("new",), ("new", "old")):
        assert verify(BODY, both, secrets)
    with pytest.raises(BadSignature):
        verify(BODY, signed(secret="old"), ("new",))


@pytest.mark.parametrize("secrets", [(), ("",), (" ",)])
def test_without_a_secret_nothing_is_believed(secrets: tuple[str, ...]) -> None:
    with pytest.raises(BadSignature):
        verify(BODY, signed(secret=secrets[0] if secrets else "one"), secrets)


def test_a_huge_body_is_refused_though_it_is_signed() -> None:
    body = BODY + b" " * MAX_BODY
    with pytest.raises(BadSignature, match="larger"):
        verify(body, signed(body))


@pytest.mark.parametrize("body", [b"no", b"[]", b"1", b"{}", b'{"id": 5, "object_type": "account"}',
                                  b'{"new_account_notification": {}}', b"<new_account_notification/>"])  # fmt: skip
def test_what_is_signed_and_names_nothing_is_told_apart_from_a_forgery(body: bytes) -> None:
    with pytest.raises(UnexpectedShape):
        verify(body, signed(body))


def test_errors_never_show_the_secret_or_the_body() -> None:
    with pytest.raises(BadSignature) as raised:
        verify(BODY, "1764000000000," + "0" * 64, ("whsec_private",))
    assert "private" not in repr(raised.value)
    assert "rjxwmwedwqug" not in repr(raised.value)
