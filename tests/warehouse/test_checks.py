"""Checks: each is silent on a sound warehouse and fails on a planted violation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from counterfoil.paths import Paths
from tests.warehouse.landed import CREATED, ZONE, charge, customer, invoice, land, line, page, refund
from warehouse.build import build
from warehouse.check import Check, CheckInvalid, read_checks, run_check
from warehouse.connection import open_warehouse
from warehouse.load import load_landed
from warehouse.model_files import read_models
from warehouse.raw_tables import newest_loads
from warehouse.totals import totals_checks

_AS_CHARGE = (
    "INSERT INTO canonical.charges BY NAME SELECT * REPLACE ({}) FROM canonical.charges WHERE charge_id = 'ch_1'"
)

PLANTED = {
    "canonical_rows_lost": ["DELETE FROM canonical.refunds"],
    "canonical_rows_doubled": ["INSERT INTO canonical.refunds FROM canonical.refunds"],
    "canonical_sums_differ": ["UPDATE canonical.refunds SET amount_minor = amount_minor + 1"],
    **{
        f"totals_differ_{gateway}": [
            f"INSERT INTO canonical.refunds BY NAME SELECT * REPLACE ('{gateway}' AS gateway) FROM canonical.refunds"
        ]
        for gateway in ("braintree", "custom", "paypal", "recurly", "woocommerce")
    },
    "line_items_without_order": [
        "INSERT INTO canonical.line_items BY NAME SELECT gateway, account, 'gone' AS order_id FROM canonical.charges"
    ],
    "invoice_lines_lost": ["DELETE FROM canonical.invoice_lines WHERE invoice_line_id = 'il_1'"],
    "tax_lines_differ": ["UPDATE canonical.tax_lines SET tax_minor = tax_minor - 1"],
    "charges_without_person": ["DELETE FROM marts.people"],
    "people_doubled": ["INSERT INTO marts.people FROM marts.people"],
    "timeline_differs": ["DELETE FROM marts.customer_timeline WHERE kind = 'refund'"],
    "revenue_differs": ["UPDATE marts.revenue_by_day SET gross_minor = gross_minor + 1"],
    "tax_summary_differs": ["DELETE FROM marts.tax_summary"],
    "balance_movements_differ": ["UPDATE marts.balance_by_day SET net_minor = net_minor + 1"],
    "bank_lines_differ": [
        "INSERT INTO canonical.bank_lines BY NAME SELECT 'bank/main' AS bank_account, 'lost' AS bank_line_id"
    ],
    "bank_lines_open": [
        "INSERT INTO marts.bank_reconciliation BY NAME SELECT 'open' AS result, 'fee' AS cause, 5 AS amount_minor"
    ],
    "bank_statements_do_not_follow": [
        "INSERT INTO canonical.bank_statements BY NAME"
        " SELECT 'bank/main' AS bank_account, number::VARCHAR AS statement_id,"
        " DATE '2026-05-01' + number AS since_on, DATE '2026-05-01' + number AS until_on, 5 AS opening_minor,"
        " 7 AS closing_minor FROM (SELECT unnest([1, 2])::INTEGER AS number)"
    ],
    "payouts_differ": ["DELETE FROM marts.payout_reconciliation"],
    "payout_lines_missing": ["UPDATE marts.payout_reconciliation SET result = 'difference', difference_minor = 5"],
    "payments_without_document": [
        "INSERT INTO marts.payments_without_document BY NAME SELECT gateway, account, charge_id FROM canonical.charges"
    ],
    "invoice_taxes_do_not_add_up": ["UPDATE canonical.invoice_line_taxes SET tax_minor = tax_minor + 7"],
    "tax_rate_not_in_force": ["UPDATE canonical.tax_lines SET percent = '16'"],
    "reverse_charge_without_tax_id": ["UPDATE canonical.tax_lines SET is_reverse_charge = true"],
    "likely_duplicate_charges": [
        _AS_CHARGE.format("'ch_again' AS charge_id, created_at + INTERVAL 2 MINUTES AS created_at")
    ],
    "refunds_larger_than_charge": ["UPDATE canonical.refunds SET amount_minor = 1001"],
    "quarantined_rows": ["INSERT INTO meta.quarantine (account, reason) VALUES ('stripe/eu', 'amount is missing')"],
}


@pytest.fixture(scope="module")
def sound(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A built warehouse in which no check finds anything."""
    paths = Paths(Path(shutil.copytree(built_once, tmp_path_factory.mktemp("sound") / "var")))
    rate = {
        "id": "txr_de",
        "object": "tax_rate",
        "percentage": 19,
        "country": "DE",
        "tax_type": "vat",
        "created": CREATED,
    }
    tax = {
        "amount": 160,
        "taxable_amount": 840,
        "tax_behavior": "inclusive",
        "tax_rate_details": {"tax_rate": "txr_de"},
    }
    lines = [line("il_1", 1000, taxes=[tax])]
    land(paths, "customers", page(customer("cus_1")))
    land(paths, "tax_rates", page(rate))
    land(paths, "charges", page(charge("ch_1", customer="cus_1", invoice="in_1")))
    land(paths, "invoices", page(invoice("in_1", lines, total_taxes=[tax], charge="ch_1")))
    land(paths, "refunds", page(refund("re_1", "ch_1", 100)))
    payout = {
        "amount": 870,
        "currency": "eur",
        "status": "paid",
        "automatic": True,
        "arrival_date": CREATED,
        "created": CREATED,
    }
    land(paths, "payouts", page({"id": "po_1", "object": "payout", **payout}))
    moved = {
        "currency": "eur",
        "status": "available",
        "available_on": CREATED,
        "created": CREATED,
        "object": "balance_transaction",
    }
    entries = [
        {"id": "txn_1", "type": "charge", "source": "ch_1", "amount": 1000, "fee": 30, "net": 970, **moved},
        {"id": "txn_2", "type": "refund", "source": "re_1", "amount": -100, "fee": 0, "net": -100, **moved},
        {"id": "txn_3", "type": "payout", "source": "po_1", "amount": -870, "fee": 0, "net": -870, **moved},
    ]
    land(paths, "balance_transactions", page(*entries))
    body = page(*entries).replace(b'"object":"list"', b'"object":"payout_lines","payout":"po_1"')
    land(paths, "payout_lines", body)
    load_landed(paths)
    build(paths, reporting_time_zone=ZONE)
    with open_warehouse(paths) as connection:
        yield connection


def _checks(connection: duckdb.DuckDBPyConnection) -> list[Check]:
    """Those in files and those made from the models."""
    return [*read_checks(), *totals_checks(connection, read_models(), newest_loads(connection))]


def test_no_check_finds_anything_in_a_sound_warehouse(sound: duckdb.DuckDBPyConnection) -> None:
    results = [run_check(sound, check) for check in _checks(sound)]
    assert {result.name: result.sample for result in results if result.rows} == {}


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_each_check_fails_on_a_planted_violation(sound: duckdb.DuckDBPyConnection, name: str) -> None:
    sound.execute("BEGIN")
    try:
        for statement in PLANTED[name]:
            sound.execute(statement)
        (result,) = [run_check(sound, check) for check in _checks(sound) if check.name == name]
    finally:
        sound.execute("ROLLBACK")
    assert result.rows >= 1
    assert len(result.sample) == min(result.rows, 20)


def test_every_check_has_a_planted_violation(sound: duckdb.DuckDBPyConnection) -> None:
    assert {check.name for check in _checks(sound)} == set(PLANTED)


def test_a_check_without_severity_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.sql").write_text("-- check: Something\nSELECT 1")
    with pytest.raises(CheckInvalid, match="line 2"):
        read_checks(tmp_path)
