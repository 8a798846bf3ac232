"""Answers recorded from Stripe's test environment, 2020 to 2026: nothing is lost, and all shapes give our columns."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.gateway import Column
from connectors.gateways.stripe import GATEWAY
from connectors.gateways.stripe.amounts import from_stripe
from connectors.gateways.stripe.resources import RESOURCE_OF, RESOURCES
from tests.connectors.conftest import STRIPE_DATA

RECORDED = STRIPE_DATA / "recorded.jsonl"
EXAMPLES = STRIPE_DATA / "fixtures3.json"
COLUMNS = {resource.name: resource.columns for resource in RESOURCES}
Found = list[tuple[str, dict[str, Any]]]


def needs(path: Path) -> None:
    if not path.is_file():
        pytest.skip(f"the recorded answers are not there: {path}")


def answers() -> list[dict[str, Any]]:
    needs(RECORDED)
    return [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def recorded() -> Found:
    bodies = [answer["response_body"].encode() for answer in answers()]
    return [(resource, json.loads(text)) for body in bodies for resource, text in GATEWAY.harvest(body)]


def known_objects(value: Any) -> Iterator[tuple[str, str, Any]]:
    """Another way to the same: every dict with an id that calls itself one of our objects, by plain recursion."""
    if isinstance(value, list):
        for inner in value:
            yield from known_objects(inner)
    elif isinstance(value, dict):
        kind = value.get("object")
        if kind in RESOURCE_OF and value.get("id"):
            yield RESOURCE_OF[kind], value["id"], value.get("amount", value.get("total"))
        for inner in value.values():
            yield from known_objects(inner)


def at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def test_every_object_of_the_recorded_answers_is_found_to_the_minor_unit(recorded: Found) -> None:
    wanted = Counter(found for answer in answers() for found in known_objects(json.loads(answer["response_body"])))
    found = Counter((resource, each["id"], each.get("amount", each.get("total"))) for resource, each in recorded)
    assert found == wanted
    assert Counter(resource for resource, _ in {(resource, name) for resource, name, _ in found}) == {
        "customers": 129,
        "charges": 28,
        "payment_intents": 37,
        "invoices": 21,
        "invoice_payments": 14,
        "subscriptions": 20,
        "balance_transactions": 13,
        "prices": 5,
        "coupons": 1,
    }


def test_what_is_harvested_is_one_line_of_json_each() -> None:
    for answer in answers():
        for _, text in GATEWAY.harvest(answer["response_body"].encode()):
            assert b"\n" not in text
            assert json.loads(text)["id"]


def test_references_are_ids_in_every_shape(recorded: Found) -> None:
    columns = [(name, column) for name, each in COLUMNS.items() for column in each if column.kind == "text"]
    for resource, found in recorded:
        for name, column in columns:
            if name == resource:
                assert not isinstance(at(found, column.path), dict | list), (resource, column.path)


def test_required_columns_are_there_in_every_api_version(recorded: Found) -> None:
    for resource, found in recorded:
        if found.get("deleted"):
            continue
        for column in COLUMNS[resource]:
            value = at(found, column.path)
            if column.is_required:
                assert value is not None, (resource, found["id"], column.path)
            assert fits(column, value), (resource, found["id"], column.path, value)


def fits(column: Column, value: Any) -> bool:
    if value is None:
        return True
    if column.allowed is not None and value not in column.allowed:
        return False
    whole = isinstance(value, int) and not isinstance(value, bool)
    return {
        "text": isinstance(value, str | int | float),
        "bigint": whole,
        "timestamp": whole and 10**9 < int(value if whole else 0) < 10**10,
        "bool": isinstance(value, bool),
        "json": isinstance(value, dict | list),
        "currency": isinstance(value, str) and len(value) == 3,
    }[column.kind]


def test_amounts_are_money(recorded: Found) -> None:
    charges = {
        each["id"]: from_stripe(each["amount"], each["currency"]) for name, each in recorded if name == "charges"
    }
    assert len(charges) == 28
    assert sum(money.minor for money in charges.values() if money.currency == "USD") > 0


def test_an_invoices_charge_and_subscription_are_found_in_old_and_new_shapes(recorded: Found) -> None:
    paid_by = {
        each["invoice"]: at(each, "payment.payment_intent") for name, each in recorded if name == "invoice_payments"
    }
    shapes = Counter[str]()
    for name, each in recorded:
        if name == "invoices" and each["status"] == "paid":
            is_old = "charge" in each
            shapes["old" if is_old else "new"] += 1
            assert each["subscription"] if is_old else at(each, "parent.subscription_details.subscription")
            assert each["payment_intent"] if is_old else paid_by[each["id"]]
            assert isinstance(each["total_tax_amounts"] if is_old else each["total_taxes"], list)
    assert min(shapes["old"], shapes["new"]) > 0


def test_a_subscriptions_period_is_on_it_or_on_its_items(recorded: Found) -> None:
    shapes = Counter[str]()
    for name, each in recorded:
        if name == "subscriptions":
            on_it, on_item = each.get("current_period_end"), each["items"]["data"][0].get("current_period_end")
            assert on_it or on_item
            shapes["old" if on_it else "new"] += 1
    assert min(shapes["old"], shapes["new"]) > 0


def test_stripes_own_examples_have_the_columns_that_we_declare() -> None:
    needs(EXAMPLES)
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))["resources"]
    missing = []
    for resource in RESOURCES:
        example = examples.get(resource.object_type)
        if example is None or resource.name == "payout_lines":
            continue
        missing += [
            f"{resource.name}.{c.path}" for c in resource.columns if c.is_required and at(example, c.path) is None
        ]
        unfit = [c.path for c in resource.columns if "." not in c.path and not fits_example(c, example.get(c.path))]
        assert unfit == [], resource.name
    assert missing == []


def fits_example(column: Column, value: Any) -> bool:
    """The examples are made up: {} for a missing object, words like "status" for statuses, any number for a time."""
    if value is None or value in ("status", "currency"):
        return True
    if column.kind == "timestamp":
        return isinstance(value, int)
    return fits(column, value)
