"""From the published file to the books: which payments and refunds get a document."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from flows.invoicing.issuing import issue_missing
from flows.invoicing.period import Period
from flows.invoicing.tax_summary import CurrencyTotal, summarise
from tests.invoicing.builders import NOW, settings
from warehouse.books.connection import open_books
from warehouse.connection import connect
from warehouse.publish import POINTER, SUFFIX
from warehouse.published import NothingPublished

TABLES = """
CREATE SCHEMA canonical; CREATE SCHEMA marts;
CREATE TABLE canonical.charges (gateway VARCHAR, account VARCHAR, charge_id VARCHAR, customer_id VARCHAR,
    captured_minor BIGINT, currency VARCHAR, status VARCHAR, created_at TIMESTAMPTZ, description VARCHAR,
    payment_method VARCHAR, card_brand VARCHAR, card_last4 VARCHAR, card_country VARCHAR, email VARCHAR,
    billing_name VARCHAR, billing_country VARCHAR, billing_state VARCHAR, billing_postal_code VARCHAR);
CREATE TABLE canonical.customers (gateway VARCHAR, account VARCHAR, customer_id VARCHAR, name VARCHAR,
    country VARCHAR, tax_exempt VARCHAR, tax_ids JSON);
CREATE TABLE canonical.refunds (gateway VARCHAR, account VARCHAR, refund_id VARCHAR, charge_id VARCHAR,
    amount_minor BIGINT, currency VARCHAR, status VARCHAR, reason VARCHAR, created_at TIMESTAMPTZ);
CREATE TABLE marts.payments_without_document (gateway VARCHAR, account VARCHAR, charge_id VARCHAR);
CREATE TABLE marts.charge_search (gateway VARCHAR, account VARCHAR, charge_id VARCHAR, person_id VARCHAR);
CREATE TABLE marts.tax_summary (period VARCHAR, gateway VARCHAR, account VARCHAR, country VARCHAR, state VARCHAR,
    kind VARCHAR, percent VARCHAR, is_reverse_charge BOOLEAN, currency VARCHAR, documents BIGINT,
    taxable_minor BIGINT, tax_minor BIGINT, source VARCHAR);
INSERT INTO canonical.customers VALUES
    ('stripe', 'stripe/eu', 'cus_1', 'Ada Lovelace', 'FR', 'none', '[{"type": "eu_vat", "value": "FR40303265045"}]'),
    ('stripe', 'stripe/us', 'cus_1', 'Not Ada', 'US', 'none', '[]');
INSERT INTO canonical.charges BY NAME FROM (VALUES
    ('stripe/eu', 'ch_march', 'cus_1', 11900, 'EUR', 'succeeded', TIMESTAMPTZ '2026-03-31 21:59:59+00'),
    ('stripe/eu', 'ch_april', 'cus_1', 5000, 'EUR', 'succeeded', TIMESTAMPTZ '2026-03-31 22:00:00+00'),
    ('stripe/eu', 'ch_failed', 'cus_1', 0, 'EUR', 'failed', TIMESTAMPTZ '2026-03-10 12:00:00+00'),
    ('stripe/eu', 'ch_with_gateway_invoice', NULL, 700, 'EUR', 'succeeded', TIMESTAMPTZ '2026-03-11 12:00:00+00'),
    ('stripe/us', 'ch_guest', NULL, 900, 'USD', 'succeeded', TIMESTAMPTZ '2026-03-12 12:00:00+00')
) AS t (account, charge_id, customer_id, captured_minor, currency, status, created_at);
UPDATE canonical.charges SET gateway = 'stripe';
INSERT INTO marts.payments_without_document
    SELECT gateway, account, charge_id FROM canonical.charges WHERE charge_id <> 'ch_with_gateway_invoice';
INSERT INTO marts.charge_search VALUES ('stripe', 'stripe/eu', 'ch_march', 'per_ada');
INSERT INTO canonical.refunds VALUES
    ('stripe', 'stripe/eu', 're_1', 'ch_march', 1900, 'EUR', 'succeeded', NULL, '2026-04-02 12:00:00+00'),
    ('stripe', 'stripe/eu', 're_pending', 'ch_march', 100, 'EUR', 'pending', NULL, '2026-04-02 12:00:00+00'),
    ('stripe', 'stripe/eu', 're_gateway', 'ch_with_gateway_invoice', 1, 'EUR', 'succeeded', NULL, '2026-04-03'),
    ('stripe', 'stripe/eu', 're_lost', NULL, 1, 'EUR', 'succeeded', NULL, '2026-04-02 12:00:00+00');
INSERT INTO marts.tax_summary VALUES
    ('2026-02', 'stripe', 'stripe/eu', 'DE', NULL, 'vat', '19', false, 'EUR', 1, 100, 19, 'gateway'),
    ('2026-03', 'stripe', 'stripe/eu', 'DE', NULL, 'vat', '19', false, 'EUR', 2, 1000, 190, 'document'),
    ('2026-04', 'stripe', 'stripe/eu', 'DE', NULL, 'vat', '19', false, 'EUR', 1, 100, 19, 'gateway');
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """An installation whose published file holds five charges, four refunds and three months of tax."""
    paths = Paths(tmp_path)
    paths.published.mkdir()
    with connect(paths.published / f"1{SUFFIX}") as conn:
        conn.execute(TABLES)
    (paths.published / POINTER).write_text("1")
    return paths


def issued(paths: Paths) -> list[tuple[str, str, str | None, str | None, int, int]]:
    with open_books(paths) as conn:
        return conn.execute(
            "SELECT charge_id, number, refund_id, person_id, total_minor, tax_minor FROM documents"
            " ORDER BY kind DESC, number"
        ).fetchall()


def test_payments_without_a_gateway_invoice_and_their_refunds_get_documents(paths: Paths) -> None:
    report = issue_missing(paths, settings(), period=Period(), now=NOW)
    assert (report.invoices, report.credit_notes, report.refused) == (3, 1, [])
    assert issued(paths) == [
        ("ch_guest", "INV-2026-000001", None, None, 900, 0),
        ("ch_march", "INV-2026-000002", None, "per_ada", 11900, 1983),
        ("ch_april", "INV-2026-000003", None, None, 5000, 833),
        ("ch_march", "CN-2026-000001", "re_1", "per_ada", 1900, 317),
    ]
    assert issue_missing(paths, settings(), period=Period(), now=NOW).as_dict() == {
        "invoices": 0,
        "credit_notes": 0,
        "first": {},
        "last": {},
        "refused": [],
    }


def test_a_period_is_cut_in_the_reporting_zone(paths: Paths) -> None:
    march = Period(date(2026, 3, 1), date(2026, 3, 31))
    assert issue_missing(paths, settings(), period=march, now=NOW).invoices == 2
    assert [row[0] for row in issued(paths)] == ["ch_guest", "ch_march"]


def test_the_customer_of_another_account_with_the_same_id_is_not_taken(paths: Paths) -> None:
    issue_missing(paths, settings(), period=Period(), now=NOW)
    with open_books(paths) as conn:
        rows = conn.execute(
            "SELECT charge_id, data->'buyer'->>'name', data->'buyer'->'tax_ids'->>0, country, issued_at"
            " FROM documents WHERE kind = 'invoice' ORDER BY number"
        ).fetchall()
    moment = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert rows == [
        ("ch_guest", "", None, None, moment),
        ("ch_march", "Ada Lovelace", "FR40303265045", "FR", moment),
        ("ch_april", "Ada Lovelace", "FR40303265045", "FR", moment),
    ]


def test_before_the_first_publish_nothing_is_issued(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished):
        issue_missing(Paths(tmp_path), settings(), period=Period(), now=NOW)


def test_the_tax_summary_takes_the_months_of_its_period(paths: Paths) -> None:
    march = summarise(paths, Period(date(2026, 3, 1), date(2026, 3, 31)))
    assert (march.rows, march.totals) == (1, [CurrencyTotal("EUR", 1000, 190)])
    assert (march.csv, march.xlsx) == (paths.exports / "tax-2026-03.csv", paths.exports / "tax-2026-03.xlsx")
    everything = summarise(paths, Period())
    assert everything.as_dict() == {
        "rows": 3,
        "totals": {"EUR": {"taxable_minor": 1200, "tax_minor": 228}},
        "csv": str(paths.exports / "tax-all.csv"),
        "xlsx": str(paths.exports / "tax-all.xlsx"),
    }
