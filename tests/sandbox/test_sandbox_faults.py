"""Failures on demand, and what they leave behind."""

import json
import time

import httpx
import pytest
import stripe

from sandbox.stripe.running import Running
from tests.sandbox.calling import get, http, post, refundable, sdk


def refunded(sandbox: Running, charge: str) -> int:
    book = sandbox.control("GET", "books")["charges"][charge]
    return int(book["refunded"])


def test_a_rate_limit_says_when_to_come_back_and_does_nothing(fresh: Running) -> None:
    charge = refundable(fresh)["id"]
    fresh.fault("rate_limited", path="/v1/refunds", retry_after=3)
    answer = post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit")
    assert (answer.headers["retry-after"], answer.headers["stripe-should-retry"]) == ("3", "true")
    assert refunded(fresh, charge) == 0
    assert post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k").status_code == 200


def test_the_sdk_sees_a_rate_limit_as_one(fresh: Running, client: stripe.StripeClient) -> None:
    fresh.fault("rate_limited", path="/v1/charges", method="GET")
    with pytest.raises(stripe.RateLimitError):
        client.v1.charges.list()


@pytest.mark.parametrize("kind", ["drop", "timeout"])
@pytest.mark.parametrize(("when", "expected"), [("before", 0), ("after", 5)])
def test_a_cut_connection_before_or_after_the_effect(fresh: Running, kind: str, when: str, expected: int) -> None:
    charge = refundable(fresh)["id"]
    fresh.fault(f"{kind}_{when}", path="/v1/refunds", seconds=0.3)
    begun = time.monotonic()
    with pytest.raises(httpx.TransportError):
        post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k")
    assert (time.monotonic() - begun >= 0.3) == (kind == "timeout")
    assert refunded(fresh, charge) == expected
    again = post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k")
    assert again.status_code == 200
    assert ("idempotent-replayed" in again.headers) == (when == "after")
    assert refunded(fresh, charge) == 5


def test_the_sdk_survives_a_dropped_answer_with_one_refund(fresh: Running) -> None:
    charge = refundable(fresh)["id"]
    fresh.fault("drop_after", path="/v1/refunds")
    refund = sdk(fresh, retries=2).v1.refunds.create({"charge": charge, "amount": 5})
    assert [found["id"] for found in get(fresh, "/v1/refunds", charge=charge)["data"]] == [refund.id]


@pytest.mark.parametrize("kind", ["malformed", "truncated", "html"])
def test_a_garbled_answer_is_no_json_though_the_money_moved(fresh: Running, kind: str) -> None:
    charge = refundable(fresh)["id"]
    fresh.fault(kind, path="/v1/refunds")
    answer = post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k")
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert refunded(fresh, charge) == 5
    again = post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k")
    assert again.json()["amount"] == 5


def test_wrong_types_reach_objects_and_lists(fresh: Running) -> None:
    fresh.fault("wrong_types", method="GET", path="/v1/charges")
    assert {charge["amount"] for charge in get(fresh, "/v1/charges")["data"]} == {"lots"}
    assert get(fresh, "/v1/charges")["data"][0]["amount"] != "lots"


def test_failures_come_in_their_order_count_and_after_those_let_through(fresh: Running) -> None:
    fresh.fault("rate_limited", method="GET", path="/v1/cust*", count=2, skip=1)
    key = {"Authorization": "Bearer sk_test_sandbox"}
    statuses = [http().get(f"{fresh.url}/v1/customers", headers=key).status_code for _ in range(4)]
    assert statuses == [200, 429, 429, 200]
    assert fresh.control("GET", "faults") == {"faults": []}


def test_a_slow_answer_is_slow_and_right(fresh: Running) -> None:
    fresh.fault("slow", method="GET", path="/v1/charges", seconds=0.3)
    begun = time.monotonic()
    assert get(fresh, "/v1/charges")["data"]
    assert time.monotonic() - begun >= 0.3


def test_the_log_names_the_failure_that_a_request_met(fresh: Running) -> None:
    charge = refundable(fresh)["id"]
    fresh.fault("error_after", path="/v1/refunds")
    post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k")
    post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k")
    entries = [(e["status"], e["fault"], e["is_replay"]) for e in fresh.control("GET", "log")["log"]]
    assert entries == [(500, "error_after", False), (500, None, True)]


def test_an_unknown_failure_is_named_as_wrong(fresh: Running) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        fresh.fault("meteorite")
    assert "kind must be one of" in caught.value.response.text


def test_the_control_api_needs_its_token(fresh: Running) -> None:
    assert http().get(f"{fresh.url}/_sandbox/books").status_code == 401
    wrong = {"Authorization": "Bearer sk_test_sandbox"}
    assert http().get(f"{fresh.url}/_sandbox/books", headers=wrong).status_code == 401
