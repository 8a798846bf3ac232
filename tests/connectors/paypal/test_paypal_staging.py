"""From the stand-in through landing and load to the staging models: to the minor unit what its books say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.gateway import AccountAccess
from connectors.gateways.paypal import GATEWAY
from connectors.gateways.paypal.read import PayPalReader
from counterfoil.paths import Paths
from flows.ingest.pulling import pull
from sandbox.paypal.running import Running, running
from tests.connectors.paypal.conftest import KEY, SCOPE
from warehouse.build import build
from warehouse.connection import open_warehouse
from warehouse.load import load_landed

STAGED = (
    "charges refunds disputes customers balance_transactions payouts payout_lines products prices subscriptions "
    "invoices invoice_lines tax_lines"
).split()


@pytest.fixture(scope="module")
def untouched() -> Iterator[Running]:
    """A stand-in that no test writes to."""
    with running(None, SCOPE) as found:
        yield found


@pytest.fixture(scope="module")
def staged(untouched: Running, tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A warehouse with everything of the stand-in loaded and the models built."""
    paths = Paths(tmp_path_factory.mktemp("paypal") / "var")
    reader = PayPalReader(AccountAccess("paypal/eu", untouched.url, KEY))
    pull(GATEWAY, reader, "paypal/eu", paths.landing, now=datetime.now(UTC), say=lambda _: None)
    reader.close()
    load_landed(paths)
    build(paths, reporting_time_zone="UTC", only=frozenset(f"staging.paypal_{name}" for name in STAGED))
    return paths


def rows(paths: Paths, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(paths) as connection:
        return connection.execute(sql).fetchall()


def test_every_payment_of_the_books_is_staged_to_the_minor_unit(staged: Paths, untouched: Running) -> None:
    columns = "charge_id, captured_minor, refunded_minor, currency"
    sql = f"SELECT {columns} FROM staging.paypal_charges WHERE status <> 'authorized'"
    found = {row[0]: row[1:] for row in rows(staged, sql)}
    books = untouched.control("GET", "books")["charges"]
    wanted = {name: (book["captured"], book["refunded"], book["currency"]) for name, book in books.items()}
    assert len(wanted) > 150
    assert {name: found.get(name) for name in wanted} == wanted
    # Beside them there are only holds that were let go.
    assert all(found[name][0] == 0 for name in found.keys() - wanted.keys())


def test_the_balance_is_the_sum_of_the_ledger(staged: Paths, untouched: Running) -> None:
    sql = "SELECT currency, sum(net_minor)::BIGINT FROM staging.paypal_balance_transactions GROUP BY ALL"
    assert dict(rows(staged, sql)) == untouched.control("GET", "books")["balance"]
    assert not rows(
        staged, "SELECT * FROM staging.paypal_balance_transactions WHERE gross_minor - fee_minor <> net_minor"
    )


def test_forint_and_taiwan_dollar_are_counted_as_iso_4217_counts_them(staged: Paths) -> None:
    sql = "SELECT currency, min(amount_minor % 100), max(amount_minor % 100), count(*) FROM staging.paypal_charges"
    found = {row[0]: row[1:] for row in rows(staged, f"{sql} WHERE currency IN ('HUF', 'TWD') GROUP BY ALL")}
    assert {name: row[:2] for name, row in found.items()} == {"HUF": (0, 0), "TWD": (0, 0)}


def test_only_the_planted_rows_are_set_aside_with_a_reason(staged: Paths, untouched: Running) -> None:
    planted = {defect["object"] for defect in untouched.control("GET", "defects")["defects"]}
    found = dict(rows(staged, "SELECT object_id, reason FROM meta.quarantine"))
    assert found.keys() == planted
    assert any("ZZZ" in reason for reason in found.values())
    assert any("'W'" in reason for reason in found.values())


@pytest.mark.parametrize(
    ("table", "key"),
    [("charges", "charge_id"), ("refunds", "refund_id"), ("disputes", "dispute_id"), ("customers", "customer_id"),
     ("balance_transactions", "balance_transaction_id"), ("payouts", "payout_id"), ("products", "product_id"),
     ("prices", "price_id"), ("subscriptions", "subscription_id"), ("invoices", "invoice_id"),
     ("invoice_lines", "invoice_line_id"), ("tax_lines", "tax_line_id")],
)  # fmt: skip
def test_a_staged_table_has_rows_and_no_key_twice(staged: Paths, table: str, key: str) -> None:
    (found,) = rows(staged, f"SELECT count(*), count(DISTINCT {key}), count(load_number) FROM staging.paypal_{table}")
    assert found[0] == found[1] == found[2] > 0


def test_every_state_of_a_payment_is_there(staged: Paths) -> None:
    states = {row[0] for row in rows(staged, "SELECT DISTINCT status FROM staging.paypal_charges")}
    assert states == {"succeeded", "pending", "failed", "authorized", "voided"}


def test_a_payer_has_the_address_that_they_have_at_stripe(staged: Paths) -> None:
    found = {row[0] for row in rows(staged, "SELECT email_normalised FROM staging.paypal_customers")}
    assert {"customer0002@es.example", "customer0004@nl.example"} & found


def test_taxes_of_an_invoice_are_the_sum_of_its_tax_lines(staged: Paths) -> None:
    sql = """
    SELECT i.invoice_id, i.tax_minor, coalesce(sum(t.tax_minor), 0) FROM staging.paypal_invoices i
    LEFT JOIN staging.paypal_tax_lines t USING (gateway, account, invoice_id) GROUP BY ALL"""
    found = rows(staged, sql)
    assert len(found) >= 9
    assert all(told == summed for _, told, summed in found)


def test_a_second_pull_changes_no_staged_row(staged: Paths, untouched: Running, tmp_path: Path) -> None:
    columns = "charge_id, captured_minor, refunded_minor, currency, status, customer_id, email, created_at"
    before = rows(staged, f"SELECT {columns} FROM staging.paypal_charges ORDER BY ALL")
    reader = PayPalReader(AccountAccess("paypal/eu", untouched.url, KEY))
    pull(GATEWAY, reader, "paypal/eu", staged.landing, now=datetime.now(UTC), say=lambda _: None)
    reader.close()
    load_landed(staged)
    assert rows(staged, f"SELECT {columns} FROM staging.paypal_charges ORDER BY ALL") == before


@pytest.mark.parametrize("table", STAGED)
def test_a_staged_table_has_every_column_that_the_canonical_one_selects(staged: Paths, table: str) -> None:
    build(staged, reporting_time_zone="UTC", only=frozenset({f"canonical.{table}"}))
    with open_warehouse(staged) as connection:
        wanted = dict(
            connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE canonical.{table})").fetchall()
        )
        query = f"SELECT column_name, column_type FROM (DESCRIBE staging.paypal_{table})"
        found = dict(connection.execute(query).fetchall())
    assert {name: found.get(name) for name in wanted} == wanted


def test_a_withdrawal_of_all_that_came_has_it_as_its_lines(staged: Paths) -> None:
    found = rows(
        staged,
        """SELECT p.payout_id, p.amount_minor, count(b.net_minor), coalesce(sum(b.net_minor), 0)::BIGINT
        FROM staging.paypal_payouts p
        LEFT JOIN staging.paypal_payout_lines l USING (account, payout_id)
        LEFT JOIN staging.paypal_balance_transactions b USING (account, balance_transaction_id)
        GROUP BY ALL""",
    )
    with_lines = [row for row in found if row[2]]
    # What the seed adds after it swept the balance is in no withdrawal: those are of another amount than what came.
    assert 20 < len(found) - len(with_lines) < len(with_lines)
    assert all(amount == total for _, amount, _, total in with_lines)
    twice = "SELECT balance_transaction_id FROM staging.paypal_payout_lines GROUP BY ALL HAVING count(*) > 1"
    assert rows(staged, twice) == []
