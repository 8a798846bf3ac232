"""Only a request that we signed, unchanged and well-formed, is one."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.requests import (
    MAX_REASON,
    ActionRequest,
    RequestInvalid,
    SignatureInvalid,
    gateway_key,
    new_request_id,
    sign_request,
    tags_of,
    verified_request,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()


def a_request(**changes: Any) -> ActionRequest:
    request = ActionRequest(
        request_id=new_request_id(), action="refund", account="stripe/eu", object_kind="charge", object_id="ch_1",
        amount_minor=100, details={}, customer_match="chosen", is_match_confirmed=False,
        currency="EUR", reason_code="goodwill", reason_text="late", requester="jo@example.com", role="agent",
        authenticated_by="session", customer_id=None, ticket="77", is_again=False, requested_at=NOW.isoformat(),
    )  # fmt: skip
    return replace(request, **changes)


def verify(payload: dict[str, Any], signature: str, now: datetime = NOW) -> ActionRequest:
    return verified_request(payload, signature, (KEY.public_key(),), now=now)


def test_a_signed_request_comes_back_as_it_was() -> None:
    request = a_request()
    assert verify(asdict(request), sign_request(request, KEY)) == request


@pytest.mark.parametrize("field", list(asdict(a_request())))
def test_a_change_of_any_field_breaks_the_signature(field: str) -> None:
    request = a_request()
    payload = asdict(request) | {field: "other"}
    with pytest.raises(SignatureInvalid):
        verify(payload, sign_request(request, KEY))


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64!", "A" * 100_000])
def test_a_forged_or_broken_signature_is_refused(signature: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify(asdict(a_request()), signature)


def test_another_key_does_not_count_and_an_old_one_does_while_it_is_listed() -> None:
    request, other = a_request(), Ed25519PrivateKey.generate()
    with pytest.raises(SignatureInvalid):
        verify(asdict(request), sign_request(request, other))
    keys = (KEY.public_key(), other.public_key())
    assert verified_request(asdict(request), sign_request(request, other), keys, now=NOW) == request


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount_minor": 0}, "greater than zero"),
        ({"amount_minor": -5}, "greater than zero"),
        ({"amount_minor": 10.5}, "wrong kind"),
        ({"amount_minor": True}, "wrong kind"),
        ({"amount_minor": "100"}, "wrong kind"),
        ({"currency": None}, "needs its currency"),
        ({"amount_minor": None}, "its amount"),
        ({"reason_text": "x" * (MAX_REASON + 1)}, "longer than"),
        ({"reason_text": "a\x00b"}, "control characters"),
        ({"request_id": "42"}, "request id"),
        ({"requested_at": "yesterday"}, "not a time"),
        ({"requested_at": "2026-11-23T12:00:00+01:00"}, "not a time"),
        ({"object_id": 7}, "wrong kind"),
    ],
)
def test_a_malformed_request_is_refused_with_the_field(changes: dict[str, Any], said: str) -> None:
    request = a_request(**changes)
    with pytest.raises(RequestInvalid, match=said):
        verify(asdict(request), sign_request(request, KEY))


def test_missing_and_unknown_fields_are_named() -> None:
    from counterfoil.requests import sign

    payload = {name: value for name, value in asdict(a_request()).items() if name != "role"} | {"rule": "x"}
    with pytest.raises(RequestInvalid, match="role, rule"):
        verify(payload, sign(payload, KEY))


def test_a_request_from_the_future_is_refused() -> None:
    request = a_request(requested_at=(NOW + timedelta(minutes=10)).isoformat())
    with pytest.raises(RequestInvalid, match="future"):
        verify(asdict(request), sign_request(request, KEY))


def test_tags_hold_ids_and_no_address() -> None:
    tags = tags_of(a_request(customer_id="cus_1"))
    assert {"charge:ch_1", "ticket:77", "customer:cus_1", "account:stripe/eu", "action:refund"} < set(tags)
    assert not any("@" in tag for tag in tags)


def test_the_gateway_key_is_of_the_request() -> None:
    request = a_request()
    assert request.request_id in gateway_key(request.request_id)
    assert len(gateway_key(request.request_id)) <= 255
