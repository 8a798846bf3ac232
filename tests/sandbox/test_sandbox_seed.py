"""The seeded year: the same each time, balanced to the minor unit, with the defects where they were planted."""

from collections import defaultdict
from typing import Any

import pytest

from sandbox.stripe.running import Running
from sandbox.stripe.seed.billing import inside, on_top
from sandbox.stripe.seed.world import grow
from sandbox.stripe.settings import Scope
from sandbox.stripe.wire import dump
from tests.sandbox.calling import everything, get
from tests.sandbox.conftest import SCOPE


@pytest.fixture(scope="module")
def defects(shop: Running) -> dict[str, dict[str, Any]]:
    return {defect["name"]: defect for defect in shop.control("GET", "defects")["defects"]}


def test_two_seeds_that_are_equal_give_the_same_bytes() -> None:
    assert dump(grow(SCOPE).rows) == dump(grow(SCOPE).rows)
    other = Scope(seed=8, months=12, scale="small", today=SCOPE.today)
    assert dump(grow(other).rows) != dump(grow(SCOPE).rows)


def test_the_full_year_has_the_size_that_was_asked_for() -> None:
    rows = grow(Scope(seed=7, months=12, scale="full", today=SCOPE.today)).rows
    count: dict[str, int] = defaultdict(int)
    for kind, _, _ in rows:
        count[kind] += 1
    assert count["customer"] == 400
    assert 3_500 <= count["charge"] <= 4_500
    assert count["subscription"] >= 150
    alone = [o for k, o, _ in rows if k == "payment_intent" and not o["payment_details"]["order_reference"]]
    assert 350 <= len(alone) <= 450
    currencies = {obj["currency"] for kind, obj, _ in rows if kind == "charge"}
    assert currencies == {"eur", "usd", "gbp", "jpy", "kwd", "zzz"}
    countries = {obj["address"]["country"] for kind, obj, _ in rows if kind == "customer" and "address" in obj}
    assert countries == {"DE", "FR", "ES", "IT", "NL", "AT", "GB", "US", "JP", "KW", "AU", "CA"}
    span = [obj["created"] for kind, obj, _ in rows if kind == "charge"]
    assert 360 * 86_400 < max(span) - min(span) <= 366 * 86_400


def test_every_payout_is_the_sum_of_its_lines_but_the_planted_one(
    shop: Running, defects: dict[str, dict[str, Any]]
) -> None:
    wrong = []
    for payout in everything(shop, "/v1/payouts"):
        lines = everything(shop, "/v1/balance_transactions", payout=payout["id"])
        own = [line for line in lines if line["type"] == "payout"]
        assert [line["amount"] for line in own] == [-payout["amount"]]
        if sum(line["net"] for line in lines if line["type"] != "payout") != payout["amount"]:
            wrong.append(payout["id"])
    assert wrong == [defects["missing_payout_line"]["object"]]


def test_ledger_lines_agree_with_what_they_stand_for(shop: Running) -> None:
    lines = {line["source"]: line for line in everything(shop, "/v1/balance_transactions", type="charge")}
    for line in everything(shop, "/v1/balance_transactions"):
        assert line["net"] == line["amount"] - line["fee"]
        assert sum(part["amount"] for part in line["fee_details"]) == line["fee"]
    for charge in everything(shop, "/v1/charges"):
        if charge["balance_transaction"]:
            assert lines[charge["id"]]["amount"] == charge["amount_captured"]
            assert lines[charge["id"]]["id"] == charge["balance_transaction"]
    for refund in everything(shop, "/v1/refunds"):
        line = get(shop, f"/v1/balance_transactions/{refund['balance_transaction']}")
        assert (line["amount"], line["source"]) == (-refund["amount"], refund["id"])


def test_charges_count_their_refunds(shop: Running) -> None:
    given_back: dict[str, int] = defaultdict(int)
    for refund in everything(shop, "/v1/refunds"):
        if refund["status"] != "failed":
            given_back[refund["charge"]] += refund["amount"]
    for charge in everything(shop, "/v1/charges"):
        if charge["captured"]:
            assert charge["amount_refunded"] == given_back[charge["id"]]
            assert charge["refunded"] == (given_back[charge["id"]] == charge["amount"])


def test_the_books_agree_with_the_lists(shop: Running, defects: dict[str, dict[str, Any]]) -> None:
    books = shop.control("GET", "books")
    gross: dict[str, int] = defaultdict(int)
    unreadable = {defect["object"] for defect in defects.values() if defect["is_unreadable"]}
    for charge in everything(shop, "/v1/charges"):
        if charge["id"] not in unreadable and charge["captured"]:
            gross[charge["currency"]] += charge["amount_captured"]
    assert {currency: sums["gross"] for currency, sums in books["totals"].items() if sums["gross"]} == gross
    assert sorted(unreadable) == books["left_out"]


def test_invoices_add_up_but_the_planted_one(shop: Running, defects: dict[str, dict[str, Any]]) -> None:
    wrong = []
    for invoice in everything(shop, "/v1/invoices"):
        lines, taxes = invoice["lines"]["data"], invoice["total_taxes"]
        off = sum(part["amount"] for part in invoice["total_discount_amounts"])
        added = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
        assert invoice["subtotal"] == sum(line["amount"] for line in lines)
        assert invoice["total"] == invoice["subtotal"] - off + added
        assert invoice["total_excluding_tax"] == invoice["total"] - sum(tax["amount"] for tax in taxes)
        assert invoice["amount_paid"] + invoice["amount_remaining"] == invoice["total"]
        by_line = sum(tax["amount"] for line in lines for tax in line["taxes"])
        if by_line != sum(tax["amount"] for tax in taxes):
            wrong.append(invoice["id"])
    assert wrong == [defects["tax_does_not_add_up"]["object"]]


def test_dinars_end_in_zero(shop: Running) -> None:
    for line in everything(shop, "/v1/balance_transactions", currency="kwd"):
        assert line["amount"] % 10 == line["fee"] % 10 == 0


def test_unreadable_charges_are_as_planted(shop: Running, defects: dict[str, dict[str, Any]]) -> None:
    def charge(name: str) -> dict[str, Any]:
        return get(shop, f"/v1/charges/{defects[name]['object']}")

    assert charge("fraction")["amount"] == 1999.5
    assert charge("unknown_currency")["currency"] == "zzz"
    assert charge("unknown_status")["status"] not in ("succeeded", "pending", "failed")


def test_the_likely_duplicate_is_two_charges_alike(shop: Running, defects: dict[str, dict[str, Any]]) -> None:
    planted = defects["likely_duplicate"]
    first, second = (get(shop, f"/v1/charges/{one}") for one in [planted["object"], *planted["others"]])
    assert 0 < second["created"] - first["created"] <= 120
    for name in ("customer", "amount", "currency", "description", "payment_method"):
        assert first[name] == second[name]


def test_tax_defects_are_as_planted(shop: Running, defects: dict[str, dict[str, Any]]) -> None:
    old = get(shop, f"/v1/invoices/{defects['rate_not_in_force']['object']}")
    rate = get(shop, f"/v1/tax_rates/{old['total_taxes'][0]['tax_rate_details']['tax_rate']}")
    assert (rate["percentage"], rate["country"]) == (16, "DE")
    nameless = get(shop, f"/v1/invoices/{defects['reverse_charge_without_tax_id']['object']}")
    assert nameless["total_taxes"][0]["taxability_reason"] == "reverse_charge"
    assert get(shop, f"/v1/customers/{nameless['customer']}/tax_ids")["data"] == []


def test_every_other_reverse_charge_names_a_tax_id(shop: Running, defects: dict[str, dict[str, Any]]) -> None:
    without = [
        invoice["id"]
        for invoice in everything(shop, "/v1/invoices")
        if any(tax["taxability_reason"] == "reverse_charge" for tax in invoice["total_taxes"])
        and not invoice["customer_tax_ids"]
    ]
    assert without == [defects["reverse_charge_without_tax_id"]["object"]]


@pytest.mark.parametrize(
    ("amount", "milli", "contained", "added"),
    [
        (11_900, 19_000, 1_900, 2_261),
        (1, 19_000, 0, 0),
        (3, 19_000, 0, 1),
        (10_000, 8_875, 815, 888),
        (0, 20_000, 0, 0),
    ],
)
def test_tax_is_whole_minor_units_with_halves_up(amount: int, milli: int, contained: int, added: int) -> None:
    assert (inside(amount, milli), on_top(amount, milli)) == (contained, added)
