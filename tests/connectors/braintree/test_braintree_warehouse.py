"""From the stand-in to the staging models: every sum is the stand-in's own, and what is odd is set aside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest

from connectors.currencies import EXPONENTS
from connectors.gateways.braintree import GATEWAY
from connectors.gateways.braintree.states import CHARGE_STATUS
from counterfoil.paths import Paths
from flows.ingest.pulling import pull
from sandbox.braintree.running import Running
from tests.connectors.braintree.choosing import refundable, transactions
from tests.connectors.braintree.conftest import ACCOUNT, access
from warehouse.build import build
from warehouse.connection import open_warehouse
from warehouse.landing import LandingWriter
from warehouse.load import load_landed

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def paths(built_once: Path, tmp_path_factory: pytest.TempPathFactory, shown: Running) -> Paths:
    """A warehouse built from everything that the stand-in has."""
    found = Paths(Path(shutil.copytree(built_once, tmp_path_factory.mktemp("braintree") / "var")))
    reader = GATEWAY.open_reader(access(shown))
    pull(GATEWAY, reader, ACCOUNT, found.landing, now=NOW, say=lambda _: None)
    reader.close()
    load_landed(found)
    build(found, reporting_time_zone="Europe/Berlin")
    return found


@pytest.fixture
def warehouse(paths: Paths) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(paths) as connection:
        yield connection


def test_nothing_of_the_stand_in_is_set_aside(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute("SELECT resource, reason FROM meta.quarantine").fetchall() == []


def test_what_was_taken_and_given_back_is_what_the_stand_in_says(
    warehouse: duckdb.DuckDBPyConnection, shown: Running
) -> None:
    books: dict[str, Any] = shown.control("GET", "books")["charges"]
    found = warehouse.execute(
        "SELECT charge_id, captured_minor, refunded_minor, currency FROM staging.braintree_charges"
    ).fetchall()
    assert {row[0]: row[1:] for row in found} == {
        wanted: (book["captured"], book["refunded"], book["currency"]) for wanted, book in books.items()
    }
    assert {row[3] for row in found} == {"EUR", "USD", "GBP", "JPY", "KWD"}


def test_every_status_is_mapped_as_on_the_act_side(warehouse: duckdb.DuckDBPyConnection, shown: Running) -> None:
    found = dict(warehouse.execute("SELECT charge_id, status FROM staging.braintree_charges").fetchall())
    sales = transactions(shown)
    assert found == {sale["id"]: CHARGE_STATUS[sale["status"]] for sale in sales}
    assert set(found.values()) == set(CHARGE_STATUS.values())


def test_each_payout_is_the_sum_of_its_lines(warehouse: duckdb.DuckDBPyConnection, shown: Running) -> None:
    query = (
        "SELECT p.amount_minor - sum(b.net_minor) FROM staging.braintree_payouts p"
        " JOIN staging.braintree_payout_lines l USING (account, payout_id)"
        " JOIN staging.braintree_balance_transactions b USING (account, balance_transaction_id)"
        " GROUP BY p.payout_id, p.amount_minor"
    )
    assert {row[0] for row in warehouse.execute(query).fetchall()} == {0}
    disbursed = [made for kind in ("sale", "credit") for made in transactions(shown, kind)]
    count = sum(made["disbursement_details"]["disbursement_date"] is not None for made in disbursed)
    assert warehouse.execute("SELECT count(*) FROM staging.braintree_payout_lines").fetchall() == [(count,)]


def test_people_of_stripe_are_known_here_by_the_same_address(warehouse: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT email_normalised FROM staging.braintree_customers WHERE email LIKE 'customer%' ORDER BY 1"
    found = [row[0] for row in warehouse.execute(query).fetchall()]
    assert found[:3] == ["customer0000@de.example", "customer0001@fr.example", "customer0002@es.example"]
    assert len(found) == 16


def test_subscriptions_know_their_customer_plan_and_amount(
    warehouse: duckdb.DuckDBPyConnection, shown: Running
) -> None:
    columns = (
        "subscription_id, customer_id, price_id, amount_minor, currency, coupon_ids, status, is_cancel_at_period_end"
    )
    kept = shown.app.store.objects["subscription"]
    owners = {
        method["token"]: customer["id"]
        for customer in shown.app.store.objects["customer"].values()
        for name, methods in customer.items()
        if name.endswith(("_cards", "_accounts"))
        for method in methods
    }
    words = {"Active": "active", "Canceled": "cancelled", "Past Due": "past_due"}
    found = warehouse.execute(f"SELECT {columns} FROM staging.braintree_subscriptions").fetchall()
    assert len(found) == len(kept)
    for wanted, customer, plan, amount, currency, coupons, status, is_ending in found:
        theirs = kept[wanted]
        assert (customer, plan) == (owners[theirs["payment_method_token"]], theirs["plan_id"])
        assert Decimal(amount).scaleb(-EXPONENTS[currency]) == Decimal(theirs["next_billing_period_amount"])
        assert orjson.loads(coupons) == [one["id"] for one in theirs["discounts"]]
        is_trial = theirs["trial_period"] and theirs["current_billing_cycle"] == 0
        assert status == ("trialing" if is_trial else words[theirs["status"]])
        assert is_ending == (theirs["number_of_billing_cycles"] == theirs["current_billing_cycle"])
    assert any(theirs["discounts"] for theirs in kept.values())
    assert {row[-1] for row in found} == {True, False}
    assert {"trialing", "active", "cancelled", "past_due"} == {row[-2] for row in found}


def test_a_refund_changes_its_charge_at_the_next_build(built: Paths, fresh: Running) -> None:
    paths = built
    reader, sale = GATEWAY.open_reader(access(fresh)), refundable(fresh)
    pull(GATEWAY, reader, ACCOUNT, paths.landing, now=NOW, say=lambda _: None)
    load_landed(paths)
    build(paths, reporting_time_zone="Europe/Berlin")
    address = f"{fresh.url}/merchants/{fresh.settings.merchant_id}/transactions/{sale['id']}/refund"
    body = "<transaction><amount>1.00</amount><order_id>req_" + "a" * 32 + "</order_id></transaction>"
    reader._wire._connection.client.post(address, content=body)  # type: ignore[attr-defined]
    (made,) = transactions(fresh, "credit", order_id="req_" + "a" * 32)
    page = reader.fetch("refunds", made["id"])
    assert page is not None
    with LandingWriter(paths.landing, ACCOUNT, "refunds", page.seen_at) as writer:
        writer.add(page.body)
    load_landed(paths)
    build(paths, reporting_time_zone="Europe/Berlin")
    with open_warehouse(paths) as connection:
        query = "SELECT refunded_minor, load_number FROM staging.braintree_charges WHERE charge_id = ?"
        assert connection.execute(query, [sale["id"]]).fetchall() == [(100, 2)]
        query = "SELECT status, request_id FROM staging.braintree_refunds WHERE refund_id = ?"
        assert connection.execute(query, [made["id"]]).fetchall() == [("pending", "req_" + "a" * 32)]
    reader.close()


def test_odd_transactions_are_set_aside_with_their_reason(tmp_path: Path, shown: Running) -> None:
    paths = Paths(tmp_path)
    reader = GATEWAY.open_reader(access(shown))
    page = reader.fetch("charges", transactions(shown, status="settled")[0]["id"])
    assert page is not None
    good = orjson.loads(page.body)["data"][0]
    odd: list[dict[str, Any]] = [
        {"amount": "ten"},
        {"amount": None},
        {"currency_iso_code": "ZZZ"},
        {"status": "wobbly"},
        {"type": "credit"},
        {"created_at": "2026-11-23"},
        {"object": "customer"},
    ]
    bad = [{**good, "id": f"bad{number}", **change} for number, change in enumerate(odd)]
    with LandingWriter(paths.landing, ACCOUNT, "charges", NOW) as writer:
        writer.add(orjson.dumps({"object": "list", "data": [good, *bad]}))
    load_landed(paths)
    with open_warehouse(paths) as connection:
        assert connection.execute("SELECT id FROM raw_braintree.charges").fetchall() == [(good["id"],)]
        found = connection.execute("SELECT object_id, reason FROM meta.quarantine ORDER BY 1").fetchall()
    assert [row[0] for row in found] == [f"bad{number}" for number in range(len(odd))]
    words = ["not a decimal amount", "amount is missing", "ISO 4217", "'wobbly'", "'credit'", "ISO 8601", "'customer'"]
    assert all(word in reason for word, (_, reason) in zip(words, found, strict=True))
    reader.close()


def test_decimal_amounts_become_minor_units_exactly(warehouse: duckdb.DuckDBPyConnection) -> None:
    for currency, exponent in EXPONENTS.items():
        row = warehouse.execute("SELECT staging.unit(?)", [currency]).fetchall()
        assert row == [(10**exponent,)], currency
    for text, currency, minor in [
        ("10.50", "EUR", 1_050), ("-0.01", "EUR", -1), ("1050", "JPY", 1_050), ("1050.00", "JPY", 1_050),
        ("1.005", "KWD", 1_005), ("1.005", "EUR", None), ("0.5", "JPY", None),
        ("90071992547409.93", "EUR", 9_007_199_254_740_993), (None, "EUR", None),
    ]:  # fmt: skip
        assert warehouse.execute("SELECT staging.minor(?, ?)", [text, currency]).fetchall() == [(minor,)]
