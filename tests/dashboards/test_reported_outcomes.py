"""Outcomes that a company reports: signed, kept once, and found by the request id."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from connectors.actions import Refund
from connectors.errors import Unavailable
from connectors.gateway import Delivery
from connectors.gateways.custom import GATEWAY
from connectors.gateways.custom.signing import headers_for
from connectors.money import Money
from connectors.outcomes import Done
from counterfoil.paths import Paths
from counterfoil.reported import newest_reported, reported_folder
from flows.actions.desk import Accounts
from tests.dashboards.conftest import settings_for
from tests.dashboards.importing import KEYS, SECRETS, custom_web, files
from tests.dashboards.published_reports import NOW

OUTCOME = {"type": "outcome", "request_id": "req_1", "status": "done", "reference": "ref_1", "at": NOW.isoformat()}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Paths, TestClient]]:
    paths = Paths(tmp_path_factory.mktemp("var"))
    with custom_web(paths) as client:
        yield paths, client


@pytest.fixture
def paths(opened: tuple[Paths, TestClient]) -> Paths:
    """With an empty inbox."""
    paths, _ = opened
    shutil.rmtree(paths.inbox, ignore_errors=True)
    return paths


@pytest.fixture
def client(opened: tuple[Paths, TestClient], paths: Paths) -> TestClient:
    return opened[1]


def _signed(body: bytes, *, account: str = "custom/shop", age_s: int = 0, message_id: str = "msg_1") -> dict[str, str]:
    return headers_for(SECRETS[account], message_id, NOW - timedelta(seconds=age_s), body)


def _report(client: TestClient, body: bytes, headers: dict[str, str]) -> Any:
    return client.post("/api/outcomes", content=body, headers=headers)


def test_a_signed_outcome_is_found_by_its_request(client: TestClient, paths: Paths) -> None:
    body = json.dumps(OUTCOME).encode()
    assert _report(client, body, _signed(body)).json() == {"received": True, "new": True}
    assert _report(client, body, _signed(body)).json() == {"received": True, "new": False}
    assert len(files(paths)) == 1
    assert newest_reported(reported_folder(paths.inbox, "custom/shop"), "req_1") == OUTCOME
    assert newest_reported(reported_folder(paths.inbox, "custom/club"), "req_1") is None
    assert newest_reported(reported_folder(paths.inbox, "custom/shop"), "req_2") is None


def test_the_secret_decides_whose_outcome_it_is(client: TestClient, paths: Paths) -> None:
    body = json.dumps(OUTCOME).encode()
    assert _report(client, body, _signed(body, account="custom/club")).status_code == 200
    assert newest_reported(reported_folder(paths.inbox, "custom/shop"), "req_1") is None


def test_the_outcome_that_was_sent_last_counts_whenever_it_came(client: TestClient, paths: Paths) -> None:
    done = json.dumps(OUTCOME).encode()
    pending = json.dumps({**OUTCOME, "status": "pending"}).encode()
    failed = json.dumps({**OUTCOME, "status": "failed"}).encode()
    for body, age_s in ((done, 100), (pending, 200), (pending, 100)):
        _report(client, body, _signed(body, age_s=age_s, message_id=f"msg_{age_s}_{len(body)}"))
    found = newest_reported(reported_folder(paths.inbox, "custom/shop"), "req_1")
    assert found is not None and found["status"] == "done"  # noqa: PT018
    _report(client, failed, _signed(failed, age_s=0, message_id="msg_last"))
    found = newest_reported(reported_folder(paths.inbox, "custom/shop"), "req_1")
    assert found is not None and found["status"] == "failed"  # noqa: PT018


@pytest.mark.parametrize("kind", ["forged", "changed", "old", "from the future", "unsigned", "truncated", "another id"])
def test_an_outcome_that_is_not_the_companys_is_refused(client: TestClient, paths: Paths, kind: str) -> None:
    body = json.dumps(OUTCOME).encode()
    other = headers_for("whsec_" + "QUFB" * 10, "msg_1", NOW, body)
    headers = {
        "forged": other,
        "changed": _signed(body + b" "),
        "old": _signed(body, age_s=301),
        "from the future": _signed(body, age_s=-301),
        "unsigned": {},
        "truncated": {**_signed(body), "webhook-signature": _signed(body)["webhook-signature"][:-4]},
        "another id": {**_signed(body), "webhook-id": "msg_2"},
    }[kind]
    assert _report(client, body, headers).status_code == 401
    assert files(paths) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"status": None}, {"request_id": ""}, {"request_id": 7}, {"at": "yesterday"}, {"at": None}, {"reference": None},
        {"amount_minor": 1.5, "currency": "EUR"}, {"amount_minor": 1, "currency": "XBT"}, {"type": "changed"},
    ],
)  # fmt: skip
def test_signed_nonsense_is_no_outcome(client: TestClient, paths: Paths, changes: dict[str, Any]) -> None:
    body = json.dumps({**OUTCOME, **changes}).encode()
    assert _report(client, body, _signed(body)).status_code == 400
    assert files(paths) == []


def test_a_change_that_the_company_tells_is_a_hint(client: TestClient) -> None:
    body = json.dumps({"type": "changed", "resource": "charges", "id": "pay_1"}).encode()
    assert GATEWAY.verified(Delivery(body, _signed(body), ""), (SECRETS["custom/shop"],), NOW) == (
        "msg_1",
        "charges",
        "pay_1",
    )
    assert _report(client, body, _signed(body)).status_code == 400
    assert client.post("/webhooks/custom/shop", content=body, headers=_signed(body)).json()["new"] is True


def test_a_worker_finds_a_reported_outcome_where_nobody_answers(
    client: TestClient, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = json.dumps(OUTCOME).encode()
    _report(client, body, _signed(body))
    for name in ("SHOP", "CLUB"):
        monkeypatch.setenv(f"COUNTERFOIL_CUSTOM_{name}_API_KEY", SECRETS["custom/shop"])
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    worker = Accounts(settings_for(paths.var, accounts=[{"name": name, "api_base": address} for name in KEYS]))
    wanted = Refund(
        account="custom/shop", object_id="pay_1", amount=Money(5, "EUR"), reason_code="duplicate", request_id="req_1"
    )
    found = worker.actor("custom/shop").look_up(wanted, idempotency_key="cf_1")
    assert isinstance(found, Done)
    assert (found.gateway_reference, found.amount) == ("ref_1", wanted.amount)
    with pytest.raises(Unavailable):
        worker.actor("custom/club").look_up(replace(wanted, account="custom/club"), idempotency_key="cf_1")
    worker.close()
