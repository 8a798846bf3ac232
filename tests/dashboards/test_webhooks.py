"""Webhooks: verified, on disk once, and only then answered."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from dashboards.inbox import Hint, put_hint
from tests.dashboards.conftest import WEBHOOK_SECRET, Web
from tests.dashboards.published_reports import NOW


def _event(event_id: str = "evt_1", charge: str = "ch_1") -> bytes:
    return json.dumps(
        {
            "id": event_id,
            "object": "event",
            "type": "charge.refunded",
            "data": {"object": {"id": charge, "object": "charge"}},
        }
    ).encode()


def _signed(body: bytes, *, secret: str = WEBHOOK_SECRET, age_s: int = 0) -> dict[str, str]:
    at = int(NOW.timestamp()) - age_s
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={digest}"}


def _inbox(web: Web) -> list[Path]:
    return sorted((web.paths.inbox / "stripe-eu").glob("*.json"))


def test_a_signed_event_is_one_file_whose_name_is_its_digest(web: Web) -> None:
    body = _event()
    answer = web.open().post("/webhooks/stripe/eu", content=body, headers=_signed(body))
    assert answer.status_code == 200
    (path,) = _inbox(web)
    assert path.stem == hashlib.sha256(b"evt_1").hexdigest()[:40]
    hint: dict[str, Any] = json.loads(path.read_bytes())
    assert (hint["account"], hint["event_id"], hint["resource"], hint["object_id"]) == (
        "stripe/eu",
        "evt_1",
        "charges",
        "ch_1",
    )


def test_a_redelivered_event_changes_nothing(web: Web) -> None:
    client = web.open()
    first, again = _event(charge="ch_1"), _event(charge="ch_2")
    client.post("/webhooks/stripe/eu", content=first, headers=_signed(first))
    before = _inbox(web)[0].read_bytes()
    answer = client.post("/webhooks/stripe/eu", content=again, headers=_signed(again))
    assert (answer.status_code, answer.json()["new"]) == (200, False)
    assert [path.read_bytes() for path in _inbox(web)] == [before]


def test_an_event_that_was_handled_stays_handled(web: Web) -> None:
    client, body = web.open(), _event()
    client.post("/webhooks/stripe/eu", content=body, headers=_signed(body))
    (path,) = _inbox(web)
    (path.parent / "done").mkdir()
    path.rename(path.parent / "done" / path.name)
    assert client.post("/webhooks/stripe/eu", content=body, headers=_signed(body)).status_code == 200
    assert _inbox(web) == []


FORGERIES = ["forged", "changed", "replayed", "from the future", "unsigned", "truncated", "garbage"]


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_message_that_is_not_the_gateways_is_refused(web: Web, kind: str) -> None:
    body = _event()
    headers = {
        "forged": _signed(body, secret="whsec_other"),
        "changed": _signed(_event("evt_2")),
        "replayed": _signed(body, age_s=3600),
        "from the future": _signed(body, age_s=-3600),
        "unsigned": {},
        "truncated": {"Stripe-Signature": _signed(body)["Stripe-Signature"][:-5]},
        "garbage": {"Stripe-Signature": "t=abc,v1=\u00e9".encode("latin-1").decode("latin-1")},
    }[kind]
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = web.open().post("/webhooks/stripe/eu", content=body, headers=raw)
    assert answer.status_code == 400
    assert _inbox(web) == []


def test_signed_nonsense_is_refused(web: Web) -> None:
    client = web.open()
    for body in (b"", b"[]", b'"evt_1"', b"{", b'{"object": "event"}'):
        assert client.post("/webhooks/stripe/eu", content=body, headers=_signed(body)).status_code == 400
    assert _inbox(web) == []


def test_an_account_that_is_not_ours_is_not_found(web: Web) -> None:
    body = _event()
    for path in ("/webhooks/stripe/other", "/webhooks/paypal/eu", "/webhooks/..%2f..%2fx/eu"):
        assert web.open().post(path, content=body, headers=_signed(body)).status_code == 404


def test_an_account_without_a_secret_takes_nothing(web: Web) -> None:
    body = _event()
    assert web.open().post("/webhooks/stripe/us", content=body, headers=_signed(body)).status_code == 503


def test_a_huge_message_is_refused(web: Web) -> None:
    body = _event() + b" " * 2_000_000
    assert web.open().post("/webhooks/stripe/eu", content=body, headers=_signed(body)).status_code == 413


def test_a_temporary_file_never_stays(tmp_path: Path) -> None:
    hint = Hint("stripe/eu", "evt_1", "charges", "ch_1", NOW.isoformat())
    assert [put_hint(tmp_path, hint), put_hint(tmp_path, hint)] == [True, False]
    assert len(list((tmp_path / "stripe-eu").iterdir())) == 1
