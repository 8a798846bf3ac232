"""Harvest: known objects out of any answer, expanded or not, and nothing that is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import UnexpectedShape
from connectors.gateways.stripe import GATEWAY
from connectors.gateways.stripe.resources import RESOURCES


def found(answer: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(resource, json.loads(text)) for resource, text in GATEWAY.harvest(json.dumps(answer).encode())]


def names(answer: Any) -> list[tuple[str, str]]:
    return [(resource, each["id"]) for resource, each in found(answer)]


CUSTOMER = {"id": "cus_1", "object": "customer"}
REFUND = {"id": "re_1", "object": "refund", "charge": "ch_1", "amount": 5}
CHARGE = {"id": "ch_1", "object": "charge", "amount": 10, "customer": "cus_1", "payment_intent": "pi_1"}


def test_expanded_and_plain_give_the_same_object() -> None:
    expanded = {**CHARGE, "customer": CUSTOMER, "payment_intent": {"id": "pi_1", "object": "payment_intent"}}
    assert found(expanded)[0] == found(CHARGE)[0] == ("charges", CHARGE)
    assert names(expanded) == [("charges", "ch_1"), ("customers", "cus_1"), ("payment_intents", "pi_1")]


def test_a_charge_of_before_2022_brings_its_refunds_along() -> None:
    old = {**CHARGE, "refunds": {"object": "list", "data": [REFUND], "has_more": False}}
    assert names(old) == [("charges", "ch_1"), ("refunds", "re_1")]
    assert found(old)[0][1]["refunds"]["data"] == [REFUND]


def test_a_payment_intent_gives_its_charge_in_both_shapes() -> None:
    intent = {"id": "pi_1", "object": "payment_intent"}
    old = {**intent, "charges": {"object": "list", "data": [CHARGE]}}
    new = {**intent, "latest_charge": CHARGE}
    assert names(old) == names(new) == [("payment_intents", "pi_1"), ("charges", "ch_1")]
    assert found(new)[0][1]["latest_charge"] == "ch_1"


def test_an_event_gives_its_object_and_not_what_it_was_before() -> None:
    before = {"items": {"data": [{"id": "price_0", "object": "price"}]}}
    event = {"id": "evt_1", "object": "event", "data": {"object": REFUND, "previous_attributes": before}}
    assert names(event) == [("events", "evt_1"), ("refunds", "re_1")]


def test_an_error_answer_gives_the_payment_that_it_names() -> None:
    assert names(
        {"error": {"code": "card_declined", "payment_intent": {"id": "pi_1", "object": "payment_intent"}}}
    ) == [("payment_intents", "pi_1")]
    assert names({"error": {"code": "resource_missing"}}) == []


def test_the_lines_of_a_payout_know_their_payout() -> None:
    lines = [{"id": name, "object": "balance_transaction", "amount": 5} for name in ("txn_1", "txn_2")]
    page = {"object": "payout_lines", "payout": "po_1", "data": lines}
    ((resource, text), *rest) = GATEWAY.harvest(json.dumps(page).encode())
    assert resource == "payout_lines"
    assert json.loads(text)["payout"] == "po_1"
    assert [line["id"] for line in json.loads(text)["data"]] == ["txn_1", "txn_2"]
    assert [name for name, _ in rest] == ["balance_transactions"] * 2


def test_a_deleted_customer_is_handed_out_as_deleted() -> None:
    gone = {"id": "cus_1", "object": "customer", "deleted": True}
    assert found(gone) == [("customers", gone)]


@pytest.mark.parametrize(
    "answer",
    [
        {"object": "invoice", "amount_due": 5},
        {"id": "upcoming_in_1", "object": "invoice"},
        {"id": 5, "object": "charge"},
        {"id": "x", "object": ["charge"]},
        {"id": "pm_1", "object": "payment_method"},
        {"metadata": {"note": {"id": "ch_1", "object": "charge"}}},
        [],
        "charge",
        None,
        {"object": "payout_lines", "payout": "po_1", "data": [5]},
        {"object": "payout_lines"},
    ],
)
def test_what_is_no_object_is_not_handed_out(answer: Any) -> None:
    assert found(answer) == []


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"id": ', b"\xff\xfe", b'{"a": NaN}'])
def test_what_is_no_json_says_so(body: bytes) -> None:
    with pytest.raises(UnexpectedShape, match="not JSON"):
        list(GATEWAY.harvest(body))


def test_a_tower_of_lists_breaks_nothing() -> None:
    for body in (b"[" * 100_000, b'{"id":"ch_1","object":"charge","a":' + b'{"b":' * 900 + b"1" + b"}" * 901):
        try:
            assert len(list(GATEWAY.harvest(body))) == 1
        except UnexpectedShape as error:
            assert str(error)  # noqa: PT017


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "object", "data", "charge", "x"]), inner),
)


@given(JSON, st.text(min_size=1).filter(lambda text: not text.startswith("upcoming")))
def test_an_object_is_found_wherever_it_stands(around: Any, name: str) -> None:
    charge = {"id": name, "object": "charge"}
    assert ("charges", name) in names([around, {"x": {"data": [charge]}}])


def test_columns_are_named_after_their_paths_and_stand_once() -> None:
    assert len({resource.name for resource in RESOURCES}) == len(RESOURCES) == 18
    for resource in RESOURCES:
        columns = [column.name for column in resource.columns]
        assert len(columns) == len(set(columns)), resource.name
        if resource.name != "payout_lines":
            assert columns == [column.path.replace(".", "_") for column in resource.columns]
