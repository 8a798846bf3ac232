"""A gateway that asks whether an address is ours is answered, and Braintree's form posts reach the inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import braintree
import pytest
from fastapi.testclient import TestClient

from connectors.gateways.braintree.keys import webhook_secret
from counterfoil.secrets import Secret
from dashboards.app import make_app
from tests.dashboards.conftest import BASE, settings_for

CHALLENGE = "20f9f8ed05f77439fe955c977e4c8a53"


@pytest.fixture
def sdk() -> braintree.BraintreeGateway:
    keys = {"merchant_id": "merchant", "public_key": "public", "private_key": "private"}
    return braintree.BraintreeGateway(config=braintree.Configuration(braintree.Environment.Sandbox, **keys))


@pytest.fixture
def client(var: Path) -> TestClient:
    named = ("stripe/eu", "braintree/eu", "braintree/us")
    accounts = [{"name": name, "api_base": "http://127.0.0.1:8431", "mode": "act"} for name in named]
    secrets = {
        "braintree/eu": (Secret(webhook_secret("merchant:public:private")),),
        "stripe/eu": (Secret("whsec_x"),),
    }
    app = make_app(
        settings_for(var, accounts=accounts), is_sandbox=True, webhook_secrets=secrets, clock=lambda: datetime.now(UTC)
    )
    return TestClient(app, base_url=BASE)


def test_a_challenge_is_answered_as_the_official_sdk_would(client: TestClient, sdk: braintree.BraintreeGateway) -> None:
    answer = client.get("/webhooks/braintree/eu", params={"bt_challenge": CHALLENGE})
    assert (answer.status_code, answer.text) == (200, sdk.webhook_notification.verify(CHALLENGE))
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/webhooks/braintree/eu?bt_challenge={'<script>' * 3}", 400),
        ("/webhooks/braintree/eu", 400),
        (f"/webhooks/braintree/us?bt_challenge={CHALLENGE}", 503),
        (f"/webhooks/stripe/eu?bt_challenge={CHALLENGE}", 404),
        (f"/webhooks/nobody/eu?bt_challenge={CHALLENGE}", 404),
    ],
)
def test_what_is_no_challenge_is_not_answered(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_a_form_that_braintree_signed_is_noted_once(
    client: TestClient, sdk: braintree.BraintreeGateway, var: Path
) -> None:
    fields = sdk.webhook_testing.sample_notification("dispute_opened", "abc123")
    form = {"bt_signature": fields["bt_signature"], "bt_payload": fields["bt_payload"].decode()}
    answers = [client.post("/webhooks/braintree/eu", data=form).json() for _ in range(2)]
    assert [answer["new"] for answer in answers] == [True, False]
    forged = {**form, "bt_signature": form["bt_signature"].replace("public", "other")}
    assert client.post("/webhooks/braintree/eu", data=forged).status_code == 400
    assert len(list((var / "inbox" / "braintree-eu").glob("*.json"))) == 1
