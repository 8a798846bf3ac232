"""What is imported without its context (no customer yet, an unknown charge, a line twice) never holds publishing up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from counterfoil.paths import Paths
from dashboards.import_batches import put_batch
from flows.ingest.imports import land_imports
from tests.warehouse.landed import rows
from warehouse.build import build
from warehouse.load import load_landed
from warehouse.publish import publish

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
AT = {"created_at": "2026-11-01T10:00:00Z"}
EUR = {"amount_minor": 1000, "currency": "EUR"}
PAID = {**EUR, "captured_minor": 1000, "refunded_minor": 0, "status": "succeeded", **AT}
LINE = {"id": "line_1", "amount_minor": 1000}
TAX = {"kind": "vat", "percent": "19", "taxable_minor": 1000, "tax_minor": 190}
BILLED = {"status": "open", "currency": "EUR", "subtotal_minor": 1000, "tax_minor": 190, "total_minor": 1190, **AT}

FIRST: dict[str, list[dict[str, Any]]] = {
    "charges": [
        {"id": "pay_1", "customer_id": "cus_later", **PAID},
        {"id": "pay_2", "email": "JO@example.com", **PAID, "refunded_minor": 5000},
        {"id": "pay_3", **PAID, "currency": "KWD"},
    ],
    "refunds": [
        {"id": "ref_1", "charge_id": "pay_none", **EUR, "status": "succeeded", **AT},
        {"id": "ref_2", "charge_id": "pay_1", "amount_minor": 9000, "currency": "USD", "status": "pending", **AT},
    ],
    "disputes": [{"id": "dis_1", "charge_id": "pay_none", **EUR, "status": "lost", **AT}],
    "subscriptions": [{"id": "sub_1", "customer_id": "cus_later", "status": "active", **EUR, **AT}],
    "invoices": [
        {"id": "inv_1", "customer_id": "cus_later", "lines": [LINE, LINE], "taxes": [TAX, TAX], **BILLED},
        {"id": "inv_2", "charge_id": "pay_none", "lines": [LINE], **BILLED},
        {"id": "inv_3", "charge_id": "pay_1", **BILLED, "status": "paid"},
    ],
    "credit_notes": [{"id": "cn_1", "invoice_id": "inv_none", **EUR, "status": "issued", "taxes": [TAX], **AT}],
    "payouts": [{"id": "out_1", **EUR, "status": "paid", "arrival_on": "2026-11-02", "is_automatic": True, **AT}],
    "balance_transactions": [
        {"id": "bal_1", "type": "charge", "payout_id": "out_none", "gross_minor": 5, "fee_minor": 1, "net_minor": 4,
         "currency": "EUR", "status": "available", **AT},
    ],
    "prices": [{"id": "price_1", "product_id": "prod_none", "unit_amount_minor": 5, "currency": "EUR"}],
    "coupons": [{"id": "SPRING"}],
}  # fmt: skip
SECOND: dict[str, list[dict[str, Any]]] = {
    "customers": [{"id": "cus_later", "email": "jo@example.com", **AT}],
    "charges": [{"id": "pay_2", "deleted": True}, {"id": "pay_none", "customer_id": "cus_later", **PAID}],
    "refunds": [{"id": "ref_2", "charge_id": "pay_none", **EUR, "status": "succeeded", **AT}],
    "invoices": [{"id": "inv_1", "deleted": True}, {"id": "inv_2", "lines": [], **BILLED, "customer_id": "cus_later"}],
    "balance_transactions": [
        {"id": "bal_1", "type": "charge", "payout_id": "out_1", "gross_minor": 5, "fee_minor": 1, "net_minor": 4,
         "currency": "EUR", "status": "available", **AT},
    ],
    "payouts": [{"id": "out_1", "deleted": True}],
    "subscriptions": [{"id": "sub_1", "customer_id": "cus_other", "status": "cancelled", **EUR, **AT}],
}  # fmt: skip


@pytest.fixture
def paths(built: Paths) -> Paths:
    return built


def bring(paths: Paths, minute: int, batches: dict[str, list[dict[str, Any]]]) -> None:
    """Land, load, build and publish; unchecked, as what is pulled is."""
    now = NOW + timedelta(minutes=minute)
    for name, batch in batches.items():
        put_batch(paths.inbox, "custom/shop", name, orjson.dumps(batch), batch, now)
    land_imports(paths.inbox, paths.landing)
    assert not load_landed(paths).quarantined
    build(paths, reporting_time_zone="Europe/Berlin")
    report = publish(paths, now=now, only_changes=minute > 0)
    assert not report.is_blocked, [
        (check.name, list(check.sample[0].values())) for check in report.checks if check.is_blocking
    ]


def test_nothing_that_is_imported_without_its_context_holds_publishing_up(paths: Paths) -> None:
    bring(paths, 0, FIRST)
    bring(paths, 1, SECOND)
    assert rows(paths, "SELECT charge_id FROM canonical.charges ORDER BY 1") == [("pay_1",), ("pay_3",), ("pay_none",)]
    assert rows(paths, "SELECT * FROM canonical.invoice_lines") == []
