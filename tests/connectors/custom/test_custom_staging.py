"""What a company's endpoint holds is what the staging models say, to the minor unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.gateway import AccountAccess
from sandbox.custom.api import DEFAULTS, make_api
from sandbox.standin.running import Running, serving
from tests.connectors.custom.conftest import ACCOUNT, SCOPE
from tests.connectors.staged import Staged
from tests.warehouse.landed import land, page
from warehouse.build import build
from warehouse.check import run_check
from warehouse.connection import open_warehouse
from warehouse.load import load_landed
from warehouse.model_files import read_models
from warehouse.raw_tables import newest_loads
from warehouse.totals import totals_checks

ALL = (
    "products", "prices", "coupons", "customers", "subscriptions", "invoices", "invoice_lines", "tax_lines", "orders",
    "line_items", "charges", "refunds", "disputes", "credit_notes", "credit_note_tax_lines", "payouts", "payout_lines",
    "balance_transactions",
)  # fmt: skip


MADE_HERE = {"id": "made_here"}


def _rebuild(staged: Staged) -> None:
    load_landed(staged.paths)
    staged.built = build(staged.paths, reporting_time_zone="Europe/Berlin").built


@pytest.fixture(scope="module")
def untouched() -> Iterator[Running]:
    with serving(make_api(None, SCOPE, DEFAULTS), DEFAULTS) as found:
        yield found


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory, built_once: Path, untouched: Running) -> Staged:
    access = AccountAccess(ACCOUNT, untouched.url, DEFAULTS.key)
    return Staged(tmp_path_factory.mktemp("staged"), access, built_once)


@pytest.mark.parametrize("table", ALL)
def test_every_canonical_column_is_there_with_its_type(staged: Staged, table: str) -> None:
    not_canonical = {"payout_id"} if table == "balance_transactions" else set()
    assert staged.odd_columns(table, table) == not_canonical
    assert staged.types_that_differ(table, table) == []


def test_nothing_is_lost_or_set_aside(staged: Staged) -> None:
    assert not staged.loaded.quarantined
    assert {name: count for (_, name), count in staged.loaded.rows.items()} == staged.landed
    for table in ALL:
        (found,) = staged.rows(f"SELECT count(*) AS n FROM canonical.{table} WHERE gateway = 'custom'")
        assert found["n"] > 0, table


def test_a_sum_that_is_not_what_staging_holds_is_found(staged: Staged) -> None:
    with open_warehouse(staged.paths) as connection:
        checks = totals_checks(connection, read_models(), newest_loads(connection))
        (check,) = [check for check in checks if check.name == "totals_differ_custom"]
        assert run_check(connection, check).sample == []
        connection.execute("BEGIN")
        connection.execute("UPDATE canonical.charges SET amount_minor = amount_minor + 1")
        (found,) = run_check(connection, check).sample
        connection.execute("ROLLBACK")
    assert (found["canonical_table"], found["staged_rows"]) == ("charges", found["canonical_rows"])
    assert found["canonical_minor"] - found["staged_minor"] == found["staged_rows"]


def test_charges_are_those_of_the_books_in_currencies_of_none_two_and_three_decimals(
    staged: Staged, untouched: Running
) -> None:
    books = untouched.control("GET", "books")["charges"]
    rows = staged.rows("SELECT charge_id, captured_minor, refunded_minor, currency FROM canonical.charges")
    assert {row.pop("charge_id"): row for row in rows} == {
        charge: {"captured_minor": book["captured"], "refunded_minor": book["refunded"], "currency": book["currency"]}
        for charge, book in books.items()
    }
    assert {row["currency"] for row in rows} == {"EUR", "USD", "JPY", "KWD"}


def test_lines_and_taxes_add_up_to_their_invoice(staged: Staged) -> None:
    rows = staged.rows(
        """SELECT i.total_minor, sum(l.amount_minor) + any_value(t.tax_minor) AS added
        FROM canonical.invoices i JOIN canonical.invoice_lines l USING (gateway, account, invoice_id)
        JOIN canonical.tax_lines t USING (gateway, account, invoice_id) GROUP BY invoice_id, i.total_minor"""
    )
    assert rows
    assert all(row["total_minor"] == row["added"] for row in rows)


def test_lines_and_tax_add_up_to_their_order_and_a_charge_pays_it(staged: Staged) -> None:
    rows = staged.rows(
        """WITH summed AS (
            SELECT order_id, sum(amount_minor + tax_minor)::BIGINT AS added FROM canonical.line_items GROUP BY order_id)
        SELECT o.total_minor, o.subtotal_minor + o.shipping_minor + o.tax_minor - o.discount_minor AS parts, s.added,
            c.amount_minor
        FROM canonical.orders o JOIN summed s USING (order_id) JOIN canonical.charges c USING (order_id)"""
    )
    assert len(rows) == 30
    assert all(row["total_minor"] == row["parts"] == row["added"] == row["amount_minor"] for row in rows)
    events = staged.rows("SELECT title FROM marts.customer_timeline WHERE kind = 'order' ORDER BY title LIMIT 1")
    assert events == [{"title": "Order 0000"}]


def test_an_older_version_that_comes_later_does_not_win(staged: Staged) -> None:
    newer = {**MADE_HERE, "name": "The paper, renamed", "updated_at": "2026-11-01T10:00:00Z"}
    older = {**MADE_HERE, "name": "An old name", "updated_at": "2026-10-01T10:00:00+02:00"}
    for version in (newer, older):
        land(staged.paths, "products", page(version), seen_at=datetime.now(UTC), account=ACCOUNT)
        _rebuild(staged)
    assert staged.rows("SELECT name FROM canonical.products WHERE product_id = 'made_here'") == [
        {"name": "The paper, renamed"}
    ]


def test_what_was_deleted_leaves_the_canonical_tables_without_building_them_whole(staged: Staged) -> None:
    (before,) = staged.rows("SELECT count(*) AS n FROM canonical.invoice_lines WHERE invoice_id = 'inv_0003'")
    assert before["n"] == 1
    land(
        staged.paths, "invoices", page({"id": "inv_0003", "deleted": True}), seen_at=datetime.now(UTC), account=ACCOUNT
    )
    _rebuild(staged)
    for table in ("invoices", "invoice_lines", "tax_lines"):
        assert staged.built[f"canonical.{table}"] == "changed rows"
        assert staged.rows(f"SELECT * FROM canonical.{table} WHERE invoice_id = 'inv_0003'") == []
