"""What the shop's books say is what the staging models say, to the minor unit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from connectors.actions import Refund
from connectors.gateway import AccountAccess
from connectors.gateways.woocommerce.act import WooCommerceActor
from connectors.money import Money
from sandbox.standin.running import Running
from sandbox.woocommerce.money import counted
from tests.connectors.staged import Staged
from tests.connectors.woocommerce.conftest import Till

CANONICAL = ["customers", "orders", "line_items", "charges", "refunds", "products", "coupons"]
KEYS = {"order_taxes": "tax_line_id"}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory, built_once: Path, access: AccountAccess) -> Staged:
    return Staged(tmp_path_factory.mktemp("staged"), access, built_once)


@pytest.mark.parametrize("table", CANONICAL)
def test_every_canonical_column_is_there_with_its_type(staged: Staged, table: str) -> None:
    assert staged.odd_columns(table, table) == set()
    assert staged.types_that_differ(table, table) == []


def test_nothing_is_lost_or_set_aside(staged: Staged) -> None:
    assert not staged.loaded.quarantined
    assert {name: count for (_, name), count in staged.loaded.rows.items()} == staged.landed
    for view in [*CANONICAL, "order_taxes"]:
        key = KEYS.get(view, f"{view[:-1]}_id")
        found = staged.rows(f"SELECT count(*) AS n, count(DISTINCT {key}) AS keys FROM staging.woocommerce_{view}")
        assert found[0]["n"] == found[0]["keys"] > 0, view


def test_charges_are_those_of_the_books_in_currencies_of_none_two_and_three_decimals(
    staged: Staged, shop: Running
) -> None:
    books = shop.control("GET", "books")["charges"]
    rows = staged.rows("SELECT charge_id, captured_minor, refunded_minor, currency FROM staging.woocommerce_charges")
    assert {row.pop("charge_id"): row for row in rows} == {
        charge: {"captured_minor": book["captured"], "refunded_minor": book["refunded"], "currency": book["currency"]}
        for charge, book in books.items()
    }
    assert sum(row["refunded_minor"] for row in rows) > 0
    assert {row["currency"] for row in rows} == {"EUR", "USD", "JPY", "KWD"}


def test_times_are_utc_and_not_the_shops_own(staged: Staged, shop: Running) -> None:
    orders = shop.app.store.of("order")
    for row in staged.rows("SELECT order_id, created_at FROM staging.woocommerce_orders"):
        order = orders[row["order_id"]]
        assert row["created_at"].strftime("%Y-%m-%dT%H:%M:%S") == order["date_created_gmt"] != order["date_created"]


def test_lines_and_taxes_add_up_to_their_order(staged: Staged, shop: Running) -> None:
    rows = staged.rows(
        """WITH lines AS (
            SELECT order_id, sum(amount_minor)::BIGINT AS net FROM staging.woocommerce_line_items GROUP BY 1),
        taxes AS (SELECT order_id, sum(tax_minor)::BIGINT AS tax FROM staging.woocommerce_order_taxes GROUP BY 1)
        SELECT order_id, total_minor, tax_minor, currency, net, coalesce(tax, 0) AS tax
        FROM staging.woocommerce_orders JOIN lines USING (order_id) LEFT JOIN taxes USING (order_id)"""
    )
    assert len(rows) == staged.landed["orders"]
    for row in rows:
        order = shop.app.store.of("order")[row["order_id"]]
        assert (row["tax"], row["net"] + row["tax"]) == (row["tax_minor"], row["total_minor"])
        assert row["total_minor"] == counted(order["total"], row["currency"])


def test_a_tax_has_finances_words(staged: Staged) -> None:
    query = "SELECT DISTINCT kind, country, state, percent FROM staging.woocommerce_order_taxes"
    found = {tuple(row.values()) for row in staged.rows(query)}
    assert {
        ("vat", "DE", None, "19"),
        ("sales_tax", "US", "NY", "8.875"),
        ("consumption_tax", "JP", None, "10"),
    } <= found


def test_guests_have_no_customer_and_keep_their_address(staged: Staged) -> None:
    guests = staged.rows("SELECT email FROM staging.woocommerce_charges WHERE customer_id IS NULL")
    assert guests
    assert all("@" in guest["email"] for guest in guests)


def test_a_refund_of_ours_is_told_by_its_request(staged: Staged, shop: Running) -> None:
    wanted = {
        str(each["id"]): each["meta_data"][0]["value"] if each["meta_data"] else None
        for each in shop.app.store.of("refund").values()
    }
    rows = staged.rows("SELECT refund_id, request_id, status FROM staging.woocommerce_refunds")
    assert {row["refund_id"]: row["request_id"] for row in rows} == wanted
    assert {row["status"] for row in rows} == {"succeeded"}


def test_a_refund_changes_the_charge_in_the_canonical_table_without_building_it_whole(
    staged: Staged, access: AccountAccess, till: Till
) -> None:
    charge, actor = till.take(), WooCommerceActor(access)
    since = datetime.now(UTC) - timedelta(seconds=2)
    wanted = Refund(
        account=access.account,
        object_id=charge,
        amount=Money(123, "EUR"),
        reason_code="duplicate",
        request_id=f"req_{uuid4().hex}",
    )
    actor.perform(wanted, idempotency_key="x")
    actor.close()
    staged.pull(since)
    assert staged.built["canonical.charges"] == staged.built["canonical.refunds"] == "changed rows"
    assert staged.rows(f"SELECT refunded_minor FROM canonical.charges WHERE charge_id = '{charge}'") == [
        {"refunded_minor": 123}
    ]
    (refund,) = staged.rows(f"SELECT request_id, status FROM canonical.refunds WHERE charge_id = '{charge}'")
    assert refund == {"request_id": wanted.request_id, "status": "succeeded"}
