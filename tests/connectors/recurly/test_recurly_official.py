"""The judge judges: planted faults in requests and answers are found."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.connectors.paypal.official import Exchange
from tests.connectors.recurly.official import DOCUMENT, Official

pytestmark = pytest.mark.skipif(not DOCUMENT.is_file(), reason="Recurly's OpenAPI document is not here")

HEADERS = {"accept": "application/vnd.recurly.v2021-02-25", "content-type": "application/json"}
REFUND = Exchange(
    "POST",
    "/invoices/abc123/refund",
    b"",
    HEADERS,
    b'{"type": "amount", "amount": 10.5, "refund_method": "all_transaction"}',
    201,
    b'{"object": "invoice", "id": "abc124", "state": "closed", "total": -10.5}',
)


@pytest.fixture(scope="module")
def official() -> Official:
    return Official()


def test_a_refund_as_documented_has_no_fault(official: Official) -> None:
    assert official.faults(REFUND) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"body": b'{"amount": 10.5}'},
        {"body": b'{"type": "amount", "amount": "10.50"}'},
        {"body": b'{"type": "amount", "refund_method": "by_pigeon"}'},
        {"answer": json.dumps({"total": "10.50"}).encode()},
        {"answer": json.dumps({"state": "wobbly"}).encode()},
        {"path": "/invoices/abc123/refunds"},
        {"method": "GET", "path": "/transactions", "query": b"since=2026-01-01", "body": b"", "status": 200},
        {"method": "GET", "path": "/transactions", "query": b"limit=500", "body": b"", "status": 200},
        {"headers": {"accept": "application/json", "content-type": "application/json"}},
        {"status": 422, "answer": b'{"error": {"type": "odd", "message": "no"}}'},
    ],
)
def test_a_planted_fault_is_found(official: Official, fault: dict[str, object]) -> None:
    assert official.faults(replace(REFUND, **fault))  # type: ignore[arg-type]
