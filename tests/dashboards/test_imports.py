"""Objects come in over HTTP: a batch is taken whole or not at all, once, and only for the account of its key."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from connectors.actions import Refund
from connectors.errors import Unavailable
from connectors.gateway import Delivery
from connectors.gateways.custom import GATEWAY
from connectors.gateways.custom.signing import headers_for
from connectors.money import Money
from connectors.outcomes import Done
from counterfoil.paths import Paths
from counterfoil.reported import newest_reported, reported_folder
from counterfoil.secrets import Secret
from dashboards.app import make_app
from dashboards.import_rows import faults_of
from dashboards.import_schema import schema_of
from flows.actions.desk import Accounts
from flows.ingest.imports import land_imports
from tests.dashboards.conftest import BASE, settings_for
from tests.dashboards.published_reports import NOW
from tests.warehouse.landed import rows
from warehouse.build import build
from warehouse.load import load_landed

KEYS = {"custom/shop": "key-of-the-shop-0123456789", "custom/club": "key-of-the-club-0123456789"}
SECRETS = {
    "custom/shop": "whsec_dGhlIGNvbXBhbnkgc2lnbnMgd2l0aCB0aGlzIG9uZQ==",
    "custom/club": "whsec_dGhlIG90aGVyIGNvbXBhbnkgc2lnbnMgd2l0aCBpdA==",
}
CHARGE: dict[str, Any] = {
    "id": "pay_1", "amount_minor": 1990, "captured_minor": 1990, "refunded_minor": 0, "currency": "EUR",
    "status": "succeeded", "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T10:00:00Z",
}  # fmt: skip
INVOICE: dict[str, Any] = {
    "id": "inv_1", "status": "paid", "currency": "EUR", "subtotal_minor": 1000, "tax_minor": 190, "total_minor": 1190,
    "lines": [{"id": "line_1", "amount_minor": 1000}], "created_at": "2026-11-01T10:00:00Z",
    "taxes": [{"kind": "vat", "percent": "19", "taxable_minor": 1000, "tax_minor": 190}],
}  # fmt: skip
BY_NAME = {resource.name: resource for resource in GATEWAY.resources}
OUTCOME = {"type": "outcome", "request_id": "req_1", "status": "done", "reference": "ref_1", "at": NOW.isoformat()}


class Silent:
    """A bell that counts."""

    rung = 0

    def ring(self) -> None:
        self.rung += 1


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Paths, TestClient]]:
    paths = Paths(tmp_path_factory.mktemp("var"))
    accounts = [{"name": name, "api_base": "http://127.0.0.1:8437"} for name in ("stripe/eu", *KEYS)]
    app = make_app(
        settings_for(paths.var, accounts=accounts),
        is_sandbox=True,
        webhook_secrets={name: (Secret(secret),) for name, secret in SECRETS.items()},
        import_keys={name: (Secret(key),) for name, key in KEYS.items()},
        clock=lambda: NOW,
    )
    app.state.bell = Silent()
    with TestClient(app, base_url=BASE) as client:
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


def send(client: TestClient, rows: Any, *, name: str = "charges", key: str = KEYS["custom/shop"], **more: Any) -> Any:
    body = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
    headers = {"Authorization": f"Bearer {key}", **more}
    return client.post(f"/api/import/{name}", content=body, headers=headers)


def files(paths: Paths) -> list[Path]:
    return sorted(path for path in paths.inbox.rglob("*") if path.is_file())


def test_a_sound_batch_is_one_file_before_it_is_answered(client: TestClient, paths: Paths) -> None:
    rung = client.app.state.bell.rung  # type: ignore[attr-defined]
    answer = send(client, [CHARGE])
    assert (answer.status_code, answer.json()) == (202, {"account": "custom/shop", "objects": 1, "new": True})
    (path,) = files(paths)
    kept = orjson.loads(path.read_bytes())
    assert path.parent == paths.inbox / "import" / "custom-shop"
    assert (kept["account"], kept["resource"], kept["data"]) == ("custom/shop", "charges", [CHARGE])
    assert client.app.state.bell.rung == rung + 1  # type: ignore[attr-defined]


def test_the_same_bytes_are_one_file_for_ever(client: TestClient, paths: Paths) -> None:
    send(client, [CHARGE])
    before = files(paths)
    assert send(client, [CHARGE]).json()["new"] is False
    assert files(paths) == before
    (before[0].parent / "done").mkdir()
    before[0].rename(before[0].parent / "done" / before[0].name)
    assert send(client, [CHARGE]).json()["new"] is False
    assert [path.parent.name for path in files(paths)] == ["done"]


def test_the_key_decides_the_account(client: TestClient, paths: Paths) -> None:
    assert send(client, [CHARGE], key=KEYS["custom/club"]).json()["account"] == "custom/club"
    assert [path.parent.name for path in files(paths)] == ["custom-club"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic {key}", "{key}", "Bearer {key}x"])
def test_a_wrong_key_takes_nothing_and_is_not_repeated(client: TestClient, paths: Paths, header: str) -> None:
    given = header.format(key=KEYS["custom/shop"])
    answer = client.post("/api/import/charges", content=json.dumps([CHARGE]), headers={"Authorization": given})
    assert answer.status_code == 401
    assert "import key" in answer.json()["error"]
    assert KEYS["custom/shop"] not in answer.text
    assert files(paths) == []


@pytest.mark.parametrize("name", ["orders", "charge", "..", "charges.json", "outcomes"])
def test_an_unknown_object_is_named_with_the_known_ones(client: TestClient, paths: Paths, name: str) -> None:
    answer = send(client, [CHARGE], name=name)
    assert answer.status_code in {400, 404}
    assert files(paths) == []


UNREADABLE = {
    "truncated JSON": (json.dumps([CHARGE]).encode()[:-9], {}),
    "HTML": (b"<!DOCTYPE html><html></html>", {}),
    "nothing": (b"", {}),
    "an object": (json.dumps(CHARGE).encode(), {}),
    "truncated gzip": (gzip.compress(json.dumps([CHARGE]).encode())[:-12], {"Content-Encoding": "gzip"}),
    "no gzip": (json.dumps([CHARGE]).encode(), {"Content-Encoding": "gzip"}),
    "two gzips": (gzip.compress(json.dumps([CHARGE]).encode()) * 2, {"Content-Encoding": "gzip"}),
    "another encoding": (json.dumps([CHARGE]).encode(), {"Content-Encoding": "br"}),
    "not a number": (b'[{"id": "pay_1", "amount_minor": NaN}]', {}),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_is_no_batch_is_refused_in_a_sentence(client: TestClient, paths: Paths, kind: str) -> None:
    body, headers = UNREADABLE[kind]
    answer = send(client, body, **headers)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert files(paths) == []


def test_a_batch_is_bounded_in_bytes_and_rows_and_unpacked_bytes(client: TestClient, paths: Paths) -> None:
    padding = {**CHARGE, "description": "x" * 5000}
    assert send(client, b" " * (1_048_577 - 2) + b"[]").status_code == 413
    assert send(client, []).status_code == 413
    assert send(client, [{**CHARGE, "id": f"pay_{n}"} for n in range(1001)]).status_code == 413
    bomb = gzip.compress(json.dumps([padding] * 1000).encode() + b" " * 8_000_000)
    assert send(client, bomb, **{"Content-Encoding": "gzip"}).status_code == 413
    assert files(paths) == []


def test_a_gzipped_batch_of_a_thousand_is_taken(client: TestClient, paths: Paths) -> None:
    rows = [{**CHARGE, "id": f"pay_{n}", "description": "x" * 3000} for n in range(1000)]
    answer = send(client, gzip.compress(json.dumps(rows).encode()), **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["objects"]) == (202, 1000)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "float amount": ({"amount_minor": 19.9}, "amount_minor"),
    "whole float": ({"amount_minor": 1990.0}, "amount_minor"),
    "amount as text": ({"amount_minor": "1990"}, "amount_minor"),
    "true for a number": ({"amount_minor": True}, "amount_minor"),
    "negative amount": ({"refunded_minor": -1}, "refunded_minor"),
    "huge amount": ({"amount_minor": 10**22}, "amount_minor"),
    "unknown currency": ({"currency": "XBT"}, "currency"),
    "small letters": ({"currency": "eur"}, "currency"),
    "unknown status": ({"status": "paid"}, "status"),
    "time without offset": ({"created_at": "2026-11-01T10:00:00"}, "created_at"),
    "no such day": ({"created_at": "2026-02-30T10:00:00Z"}, "created_at"),
    "a day for a time": ({"created_at": "2026-11-01"}, "created_at"),
    "seconds": ({"created_at": 1790000000}, "created_at"),
    "missing": ({"status": None}, "status"),
    "unknown field": ({"amount": 1990}, "amount"),
    "number as id": ({"id": 7}, "id"),
    "empty id": ({"id": ""}, "id"),
    "line break in id": ({"id": "pay\n1"}, "id"),
    "line break at the end": ({"id": "pay_1\n"}, "id"),
    "another object": ({"object": "refund"}, "object"),
    "text for truth": ({"is_disputed": "no"}, "is_disputed"),
    "unknown country": ({"billing_country": "XX"}, "billing_country"),
    "object for text": ({"description": {"a": 1}}, "description"),
    "zero in text": ({"description": "a\x00b"}, "description"),
    "endless text": ({"description": "x" * 5001}, "description"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_bad_row_is_named_with_its_field_and_nothing_is_taken(client: TestClient, paths: Paths, kind: str) -> None:
    changes, field = WRONG[kind]
    answer = send(client, [{**CHARGE, "id": "pay_0"}, {**CHARGE, **changes}])
    assert answer.status_code == 422
    assert [(fault["row"], fault["field"]) for fault in answer.json()["faults"]] == [(2, field)]
    assert files(paths) == []


BEYOND = ("no such day", "whole float", "line break at the end")
"""A calendar is more than a pattern; to JSON schema 1990.0 is whole, and to Python's $ a last line break is none."""

LINE = {"id": "line_1", "amount_minor": 1000}
NESTED: dict[str, tuple[dict[str, Any], str]] = {
    "no list": ({"lines": {"id": "line_1"}}, "lines"),
    "no object": ({"lines": ["line_1"]}, "lines[0]"),
    "float in a line": ({"lines": [{"id": "line_1", "amount_minor": 1.5}]}, "lines[0].amount_minor"),
    "missing in a tax": ({"taxes": [{"kind": "vat", "taxable_minor": 1, "tax_minor": 1}]}, "taxes[0].percent"),
    "percent as number": (
        {"taxes": [{"kind": "vat", "percent": 19, "taxable_minor": 1, "tax_minor": 1}]},
        "taxes[0].percent",
    ),
    "unknown in a line": ({"lines": [{"id": "line_1", "amount_minor": 1, "net": 1}]}, "lines[0].net"),
}


@pytest.mark.parametrize("kind", NESTED)
def test_a_bad_line_or_tax_is_named_by_its_place(client: TestClient, kind: str) -> None:
    changes, field = NESTED[kind]
    answer = send(client, [{**INVOICE, **changes}], name="invoices")
    assert [fault["field"] for fault in answer.json()["faults"]] == [field]


def test_a_line_that_stands_twice_in_an_invoice_is_refused(client: TestClient) -> None:
    answer = send(client, [{**INVOICE, "lines": [LINE, LINE]}], name="invoices")
    assert [fault["field"] for fault in answer.json()["faults"]] == ["lines[1].id"]


def test_an_object_that_stands_twice_in_a_batch_is_refused(client: TestClient, paths: Paths) -> None:
    answer = send(client, [CHARGE, {**CHARGE, "status": "failed"}])
    assert answer.json()["faults"] == [
        {"row": 2, "field": "id", "wrong": "'pay_1' stands in row 1 already; send each object once"}
    ]
    assert files(paths) == []


def test_a_deleted_object_needs_nothing_but_its_id(client: TestClient) -> None:
    assert send(client, [{"id": "pay_1", "deleted": True}]).status_code == 202
    assert send(client, [{"id": "pay_1", "deleted": False}]).status_code == 422


def test_the_faults_of_a_batch_are_bounded(client: TestClient) -> None:
    answer = send(client, [{"id": f"pay_{n}"} for n in range(900)])
    assert len(answer.json()["faults"]) == 100


@pytest.mark.parametrize("resource", GATEWAY.resources, ids=lambda resource: resource.name)
def test_the_schema_is_published_and_sound(client: TestClient, resource: Any) -> None:
    schema = client.get(f"/api/import/{resource.name}/schema").json()
    Draft202012Validator.check_schema(schema)
    assert schema == json.loads(json.dumps(schema_of(resource)))
    assert set(schema["items"]["else"]["required"]) >= {"id"}


def test_the_schema_and_our_own_check_agree() -> None:
    cases = [("charges", {**CHARGE, **changes}) for kind, (changes, _) in WRONG.items() if kind not in BEYOND]
    cases += [("invoices", {**INVOICE, **changes}) for changes, _ in NESTED.values()]
    cases += [("charges", CHARGE), ("invoices", INVOICE), ("charges", {"id": "x", "deleted": True})]
    for name, row in cases:
        assert _fits(name, row) == _is_sound(name, row), row
    for kind in BEYOND:
        row = {**CHARGE, **WRONG[kind][0]}
        assert (_fits("charges", row), _is_sound("charges", row)) == (True, False), kind


def _fits(name: str, row: dict[str, Any]) -> bool:
    return bool(Draft202012Validator(schema_of(BY_NAME[name])).is_valid([row]))


def _is_sound(name: str, row: dict[str, Any]) -> bool:
    return not list(faults_of(BY_NAME[name], [row]))


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


def test_what_came_over_http_stands_in_the_canonical_tables(client: TestClient, paths: Paths) -> None:
    shutil.rmtree(paths.landing, ignore_errors=True)
    assert send(client, [CHARGE]).status_code == 202
    assert send(client, [{**CHARGE, "refunded_minor": 500, "updated_at": "2026-11-02T10:00:00Z"}]).status_code == 202
    assert send(client, [CHARGE], key=KEYS["custom/club"]).status_code == 202
    assert land_imports(paths.inbox, paths.landing).landed == {"custom/shop": 2, "custom/club": 1}
    report = load_landed(paths)
    assert not report.quarantined
    build(paths, reporting_time_zone="Europe/Berlin", only=frozenset({"canonical.charges"}))
    assert rows(paths, "SELECT account, charge_id, refunded_minor FROM canonical.charges ORDER BY account") == [
        ("custom/club", "pay_1", 0),
        ("custom/shop", "pay_1", 500),
    ]


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
