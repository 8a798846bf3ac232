"""What the stand-in's books say is what the staging models say, to the minor unit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from connectors.actions import Refund
from connectors.gateway import AccountAccess
from connectors.gateways.recurly.act import RecurlyActor
from connectors.money import Money
from sandbox.recurly.money import minor
from sandbox.standin.running import Running
from tests.connectors.recurly.conftest import Till
from tests.connectors.recurly.makers import Makers
from tests.connectors.staged import Staged

CANONICAL = [
    "customers", "charges", "refunds", "disputes", "subscriptions", "invoices", "invoice_lines", "invoice_line_taxes",
    "tax_lines", "credit_notes", "credit_note_tax_lines", "products", "prices", "coupons",
]  # fmt: skip


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
    for view in CANONICAL:
        key = {"invoice_line_taxes": "invoice_line_id", "credit_note_tax_lines": "credit_note_id"}.get(
            view, f"{view[:-1]}_id"
        )
        key = {"invoice_lines": "invoice_line_id", "tax_lines": "tax_line_id"}.get(view, key)
        found = staged.rows(f"SELECT count(*) AS n, count(DISTINCT {key}) AS keys FROM staging.recurly_{view}")
        assert found[0]["n"] == found[0]["keys"] > 0, view


def test_charges_are_those_of_the_books(staged: Staged, site: Running) -> None:
    books = site.control("GET", "books")["charges"]
    rows = staged.rows("SELECT charge_id, captured_minor, refunded_minor, currency FROM staging.recurly_charges")
    assert {row.pop("charge_id"): row for row in rows} == {
        charge: {"captured_minor": book["captured"], "refunded_minor": book["refunded"], "currency": book["currency"]}
        for charge, book in books.items()
    }
    assert sum(row["refunded_minor"] for row in rows) > 0


def test_a_refund_of_ours_is_told_by_its_request(staged: Staged, site: Running) -> None:
    notes = {
        each["id"]: each["customer_notes"].removeprefix("Reference: ") or None
        for each in site.app.store.of("invoice").values()
        if each["type"] == "credit"
    }
    wanted = {
        each["id"]: notes[each["invoice"]["id"]]
        for each in site.app.store.of("transaction").values()
        if each["type"] == "refund"
    }
    rows = staged.rows("SELECT refund_id, request_id FROM staging.recurly_refunds")
    assert {row["refund_id"]: row["request_id"] for row in rows} == wanted


def test_taxes_and_lines_add_up_to_their_invoice(staged: Staged, site: Running) -> None:
    rows = staged.rows(
        """WITH lines AS (
            SELECT invoice_id, sum(amount_minor)::BIGINT AS lines FROM staging.recurly_invoice_lines GROUP BY 1),
        taxes AS (SELECT invoice_id, sum(tax_minor)::BIGINT AS taxes FROM staging.recurly_tax_lines GROUP BY 1)
        SELECT invoice_id, subtotal_minor, tax_minor, currency, lines, taxes
        FROM staging.recurly_invoices JOIN lines USING (invoice_id) JOIN taxes USING (invoice_id)"""
    )
    assert len(rows) == staged.rows("SELECT count(*) AS n FROM staging.recurly_invoices")[0]["n"]
    invoices = site.app.store.of("invoice")
    for row in rows:
        assert (row["lines"], row["taxes"]) == (row["subtotal_minor"], row["tax_minor"])
        assert row["tax_minor"] == minor(invoices[row["invoice_id"]]["tax"], row["currency"])
    assert max(len(invoices[row["invoice_id"]]["_lines"]) for row in rows) > 10


def test_the_rate_and_place_of_a_tax_are_finances_words(staged: Staged) -> None:
    rows = staged.rows(
        "SELECT DISTINCT kind, country, state, percent, is_reverse_charge FROM staging.recurly_tax_lines"
    )
    found = {tuple(row.values()) for row in rows}
    assert ("vat", "DE", None, "19", False) in found
    assert ("sales_tax", "US", "NY", "8.875", False) in found
    assert ("consumption_tax", "JP", None, "10", False) in found
    assert any(kind == "vat" and percent == "0" and reverse for kind, _, _, percent, reverse in found)


def test_a_refund_changes_the_charge_in_the_canonical_table_without_building_it_whole(
    staged: Staged, access: AccountAccess, till: Till, site: Running
) -> None:
    charge, actor = till.take(), RecurlyActor(access)
    subscription = Makers(site).subscription(coupon="spring")
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
    (found,) = staged.rows(f"SELECT coupon_ids FROM canonical.subscriptions WHERE subscription_id = '{subscription}'")
    assert orjson.loads(found["coupon_ids"]) == [Makers(site).coupon("spring")["id"]]
    assert {row["coupon_ids"] for row in staged.rows("SELECT coupon_ids FROM canonical.subscriptions")} > {"[]"}
