"""Objects come in over HTTP: a batch is taken whole or not at all, once, and only for the account of its key."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from connectors.gateways.custom import GATEWAY
from counterfoil.paths import Paths
from dashboards.import_rows import faults_of
from dashboards.import_schema import schema_of
from dashboards.inbox import INBOX
from flows.ingest.imports import land_imports
from tests.dashboards.importing import KEYS, custom_web, files
from tests.warehouse.landed import rows
from warehouse.build import build
from warehouse.load import load_landed

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


def send(client: TestClient, rows: Any, *, name: str = "charges", key: str = KEYS["custom/shop"], **more: Any) -> Any:
    body = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
    headers = {"Authorization": f"Bearer {key}", **more}
    return client.post(f"/api/import/{name}", content=body, headers=headers)


def test_a_sound_batch_is_one_file_before_it_is_answered(client: TestClient, paths: Paths) -> None:
    rung = client.app.state.bells[INBOX].rung  # type: ignore[attr-defined]
    answer = send(client, [CHARGE])
    assert (answer.status_code, answer.json()) == (202, {"account": "custom/shop", "objects": 1, "new": True})
    (path,) = files(paths)
    kept = orjson.loads(path.read_bytes())
    assert path.parent == paths.inbox / "import" / "custom-shop"
    assert (kept["account"], kept["resource"], kept["data"]) == ("custom/shop", "charges", [CHARGE])
    assert client.app.state.bells[INBOX].rung == rung + 1  # type: ignore[attr-defined]


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


@pytest.mark.parametrize("name", ["order_lines", "charge", "..", "charges.json", "outcomes"])
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
