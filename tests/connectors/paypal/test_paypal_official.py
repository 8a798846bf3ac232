"""The judge itself: PayPal's documents find fault with what is wrong, so that their silence means something."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from tests.connectors.paypal.official import FOLDER, Exchange, Official

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="PayPal's OpenAPI documents are not beside the checkout")

REFUND = Exchange(
    "POST",
    "/v2/payments/captures/2GG279541U471931P/refund",
    b"",
    {"content-type": "application/json", "paypal-request-id": "k", "prefer": "return=representation"},
    b'{"amount":{"currency_code":"EUR","value":"1.00"},"custom_id":"req_1"}',
    201,
    b'{"id":"1JU08902781691411","status":"COMPLETED","amount":{"currency_code":"EUR","value":"1.00"}}',
)
SEARCH = Exchange(
    "GET",
    "/v1/reporting/transactions",
    b"start_date=2026-01-01T00:00:00Z&end_date=2026-01-31T00:00:00Z&page_size=500",
    {},
    b"",
    200,
    b'{"total_pages":0}',
)


@pytest.fixture(scope="module")
def official() -> Official:
    return Official()


@pytest.mark.parametrize("good", [REFUND, SEARCH])
def test_a_good_exchange_has_no_fault(official: Official, good: Exchange) -> None:
    assert official.faults(good) == []


@pytest.mark.parametrize(
    "bad",
    [
        replace(REFUND, body=b'{"amount":{"currency_code":"EUR","value":1}}'),
        replace(REFUND, body=b'{"amount":{"value":"1.00"}}'),
        replace(REFUND, body=orjson.dumps({"custom_id": "x" * 128})),
        replace(REFUND, headers={}),
        replace(REFUND, answer=b'{"id":"1","status":"WOBBLY"}'),
        replace(REFUND, answer=b'{"id":"1","custom_id":"a/b"}'),
        replace(REFUND, status=422, answer=b'{"name":"OTHER"}'),
        replace(REFUND, path="/v2/payments/captures/X/refunds"),
        replace(SEARCH, query=b"start_date=2026-01-01T00:00:00Z"),
        replace(SEARCH, query=SEARCH.query + b"1"),
        replace(SEARCH, query=SEARCH.query + b"&page=0"),
        replace(SEARCH, query=SEARCH.query + b"&wobbly=1"),
        replace(SEARCH, query=SEARCH.query.replace(b"T00:00:00Z&p", b"&p")),
        replace(SEARCH, answer=b'{"transaction_details":[]}'),
        replace(SEARCH, body=b"{}"),
    ],
)
def test_a_bad_exchange_is_found(official: Official, bad: Exchange) -> None:
    assert official.faults(bad)
