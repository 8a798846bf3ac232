"""What the web service takes from gateways: old secrets during a change, pings that nobody signed, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from connectors.gateway import Gateway, Reader
from connectors.registry import gateway_of
from counterfoil.secrets import Secret
from dashboards.app import make_app
from dashboards.inbox import INBOX
from flows.ingest.hints import InboxReport, handle
from tests.dashboards.conftest import BASE, settings_for

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OLD, NEW, OTHER = "whsec_old", "whsec_new", "whsec_other"
ORDER = b'{"id": 727, "status": "refunded", "date_modified_gmt": "2026-11-23T08:59:00"}'


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def client(var: Path) -> Iterator[TestClient]:
    named = ("stripe/eu", "woocommerce/shop", "recurly/eu")
    accounts = [{"name": name, "api_base": "http://127.0.0.1:8431", "mode": "act"} for name in named]
    secrets = {name: (Secret(NEW), Secret(OLD)) for name in named}
    app = make_app(settings_for(var, accounts=accounts), is_sandbox=True, webhook_secrets=secrets, clock=lambda: NOW)
    with TestClient(app, base_url=BASE) as opened:
        # No server is there to be asked; what is noted does not depend on it.
        app.state.bells = {INBOX: Silent()}
        yield opened


class Silent:
    """A bell that nobody hears."""

    def ring(self) -> None:
        return


def stripe(secret: str, event_id: str = "evt_1") -> dict[str, Any]:
    thing = {"object": {"id": "ch_1", "object": "charge"}}
    body = json.dumps({"id": event_id, "object": "event", "type": "charge.refunded", "data": thing}).encode()
    stamp = str(int(NOW.timestamp()))
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"url": "/webhooks/stripe/eu", "content": body, "headers": {"Stripe-Signature": f"t={stamp},v1={mac}"}}


def recurly(secret: str) -> dict[str, Any]:
    body, stamp = b'{"id": "pay1", "object_type": "payment"}', str(int(NOW.timestamp()) * 1000)
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"url": "/webhooks/recurly/eu", "content": body, "headers": {"recurly-signature": f"{stamp},{mac}"}}


def shop(secret: str) -> dict[str, Any]:
    mac = b64encode(hmac.new(secret.encode(), ORDER, hashlib.sha256).digest()).decode()
    headers = {"X-WC-Webhook-Signature": mac, "X-WC-Webhook-Resource": "order"}
    return {"url": "/webhooks/woocommerce/shop", "content": ORDER, "headers": headers}


@pytest.mark.parametrize("message", [stripe, recurly, shop])
@pytest.mark.parametrize(("secret", "status"), [(OLD, 200), (NEW, 200), (OTHER, 400)])
def test_while_a_secret_changes_the_old_one_counts_too(
    client: TestClient, var: Path, message: Any, secret: str, status: int
) -> None:
    assert client.post(**message(secret)).status_code == status
    assert len(list(var.glob("inbox/*/*.json"))) == (status == 200)


def test_the_same_event_under_the_old_and_the_new_secret_counts_once(client: TestClient, var: Path) -> None:
    answers = [client.post(**stripe(secret)).json()["new"] for secret in (OLD, NEW, OLD)]
    assert answers == [True, False, False]
    assert len(list(var.glob("inbox/*/*.json"))) == 1


def test_pings_that_a_shop_does_not_sign_are_taken_once_and_lead_to_no_fetch(client: TestClient, var: Path) -> None:
    for number in (1, 2, 3):
        ping = client.post("/webhooks/woocommerce/shop", content=f"webhook_id={number}".encode())
        assert ping.status_code == 200
    assert len(list(var.glob("inbox/*/*.json"))) == 1
    report = handled(var)
    assert (report.handled, report.landed, report.failed) == (1, {}, {})
    assert client.post("/webhooks/woocommerce/shop", content=b"webhook_id=4").json()["new"] is False


def test_an_unsigned_message_that_is_no_ping_is_refused(client: TestClient, var: Path) -> None:
    for body in (b"webhook_id=1&x=1", b"webhook_id=", ORDER):
        assert client.post("/webhooks/woocommerce/shop", content=body).status_code == 400
    assert client.post("/webhooks/stripe/eu", content=b"webhook_id=1").status_code == 400
    assert not list(var.glob("inbox/*/*.json"))


class Never:
    """A reader that must not be asked."""

    def fetch(self, resource: str, object_id: str) -> None:
        raise AssertionError(f"{resource} {object_id} was fetched")


def handled(var: Path) -> InboxReport:
    @contextmanager
    def open_reader(account: str) -> Iterator[tuple[Gateway, Reader]]:
        reader: Any = Never()
        yield gateway_of(account), reader

    return handle(var / "inbox", var / "landing", open_reader)
