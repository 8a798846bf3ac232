"""The objects have the keys that Stripe's own current examples have."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.stripe.running import Running
from tests.sandbox.calling import get

FIXTURES = Path(__file__).parents[3] / "shared" / "gateway_data" / "stripe" / "fixtures3.json"
PATHS = {
    "account": "account",
    "balance": "balance",
    "balance_transaction": "balance_transactions",
    "charge": "charges",
    "coupon": "coupons",
    "credit_note": "credit_notes",
    "customer": "customers",
    "dispute": "disputes",
    "event": "events",
    "invoice": "invoices",
    "invoice_payment": "invoice_payments",
    "payment_intent": "payment_intents",
    "payment_method": "payment_methods",
    "payout": "payouts",
    "price": "prices",
    "product": "products",
    "refund": "refunds",
    "subscription": "subscriptions",
    "tax_id": "tax_ids",
    "tax_rate": "tax_rates",
}
# The examples show more than the API answers: what is included on request only, and fields of older versions.
NOT_ANSWERED = {
    "charge": {"refunds"},
    "invoice": {"subscription"},
    "line_item": {"subscription"},
    # Of a method of another kind.
    "payment_method": {"card"},
}


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    if not FIXTURES.exists():
        pytest.skip(f"Stripe's examples are not at {FIXTURES}")
    found: dict[str, Any] = json.loads(FIXTURES.read_text())["resources"]
    return found


def missing(kind: str, example: dict[str, Any], answered: dict[str, Any]) -> set[str]:
    return set(example) - set(answered) - NOT_ANSWERED.get(kind, set())


@pytest.mark.parametrize("kind", sorted(PATHS))
def test_an_object_has_every_key_of_stripes_example(shop: Running, examples: dict[str, Any], kind: str) -> None:
    answered = get(shop, f"/v1/{PATHS[kind]}")
    objects = answered["data"] if answered["object"] == "list" else [answered]
    assert objects
    for obj in objects:
        assert obj["object"] == kind
        assert missing(kind, examples[kind], obj) == set()


@pytest.mark.parametrize(
    ("outer", "path", "kind"),
    [
        ("invoices", ("lines", "data", 0), "line_item"),
        ("subscriptions", ("items", "data", 0), "subscription_item"),
        ("subscriptions", ("items", "data", 0, "plan"), "plan"),
        ("credit_notes", ("lines", "data", 0), "credit_note_line_item"),
    ],
)
def test_an_inner_object_has_every_key_of_stripes_example(
    shop: Running, examples: dict[str, Any], outer: str, path: tuple[str | int, ...], kind: str
) -> None:
    for answered in get(shop, f"/v1/{outer}")["data"]:
        inner = answered
        for step in path:
            inner = inner[step]
        assert missing(kind, examples[kind], inner) == set()


def test_card_details_have_every_key_of_stripes_example(shop: Running, examples: dict[str, Any]) -> None:
    example = examples["charge"]["payment_method_details"]["card"]
    charges = get(shop, "/v1/charges", limit=100)["data"]
    cards = [c["payment_method_details"]["card"] for c in charges if c["payment_method_details"]["type"] == "card"]
    assert cards
    assert all(set(example) <= set(card) for card in cards)


def test_older_fields_that_newer_versions_dropped_are_not_answered(shop: Running) -> None:
    invoice = get(shop, "/v1/invoices")["data"][0]
    assert not {"charge", "payment_intent", "paid", "tax", "subscription"} & set(invoice)
    subscription = get(shop, "/v1/subscriptions")["data"][0]
    assert "current_period_end" not in subscription
    assert "refunds" not in get(shop, "/v1/charges")["data"][0]
