"""The reports of the small published file: payouts, tax, documents, audit log, checks."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AS_OF = datetime(2026, 11, 23, 11, 55, tzinfo=UTC)
EU = {"gateway": "stripe", "account": "stripe/eu"}
ZOE = f"per_{1:016x}"
DOCUMENT = "0d5c0000-0000-4000-8000-000000000001"
OUTSIDE = "0d5c0000-0000-4000-8000-000000000002"

Rows = list[dict[str, Any]]


def at(day: str) -> datetime:
    """Ten o'clock UTC of a day."""
    return datetime.fromisoformat(f"{day}T10:00:00+00:00")


def books(audit: int) -> dict[str, Rows]:
    """An invoice, a document whose file would lie outside its folder, and `audit` records in a chain."""
    document = {
        **EU,
        "kind": "invoice",
        "series": "INV",
        "year": 2026,
        "charge_id": "ch_zoe1_invoiced",
        "person_id": ZOE,
        "issued_at": at("2026-11-11"),
        "currency": "EUR",
        "total_minor": 11900,
        "tax_minor": 1900,
        "country": "DE",
        "data": json.dumps({"supplied_on": "2026-11-10", "tax_lines": []}),
    }
    log = [
        {
            "sequence": number,
            "recorded_at": at("2026-11-12"),
            "request_id": f"req_{number // 2:032x}",
            "flow_run_id": None,
            "kind": "outcome" if number % 2 else "requested",
            "actor": "ada@example.com",
            "role": "agent",
            "action": "refund",
            "account": "stripe/eu",
            "object_kind": "charge",
            "object_id": "ch_zoe2_part",
            "ticket": "T-7",
            "amount_minor": 2000,
            "currency": "EUR",
            "reason_code": "goodwill",
            "reason_text": "=1+1 late",
            "outcome": "Done" if number % 2 else None,
            "sentence": "20.00 EUR was refunded.",
            "source": "run",
            "previous_hash": f"{number - 1:064x}",
            "hash": f"{number:064x}",
        }
        for number in range(1, audit + 1)
    ]
    return {
        "books.documents": [
            {**document, "document_id": DOCUMENT, "number": "INV-2026-000001", "pdf_path": "2026/INV-2026-000001.pdf"},
            {
                **document,
                "document_id": OUTSIDE,
                "number": "INV-2026-000002",
                "pdf_path": "../users.json",
                "charge_id": "x",
            },
        ],
        "books.audit_log": log,
    }


def payouts() -> dict[str, Rows]:
    """One payout that agrees, and one of which a line is missing."""
    payout = {**EU, "currency": "EUR", "arrival_on": date(2026, 11, 12), "amount_minor": 10000, "lines": 2}
    return {
        "marts.payout_reconciliation": [
            {**payout, "payout_id": "po_good", "net_minor": 10000, "difference_minor": 0, "result": "matched"},
            {
                **payout,
                "payout_id": "po_bad",
                "net_minor": 9000,
                "difference_minor": 1000,
                "result": "missing lines",
                "probable_cause": "A charge of 10.00 EUR is missing from the lines.",
            },
        ],
        "canonical.payout_lines": [{**EU, "payout_id": "po_bad", "balance_transaction_id": "txn_1"}],
        "canonical.balance_transactions": [
            {
                **EU,
                "balance_transaction_id": "txn_1",
                "type": "charge",
                "source_id": "ch_zoe1_invoiced",
                "gross_minor": 9400,
                "fee_minor": 400,
                "net_minor": 9000,
                "currency": "EUR",
                "created_at": at("2026-11-10"),
            }
        ],
    }


def bank() -> dict[str, Rows]:
    """One payout that the bank has, one that it has not, a line of somebody else, and two days of balance."""
    line = {"bank_account": "bank/main", "currency": "EUR"}
    of_good = {**line, "on_day": date(2026, 11, 13), "amount_minor": 10000, "result": "matched", "rule": "reference"}
    rent = {"on_day": date(2026, 11, 14), "amount_minor": -90000, "text": "<b>Rent</b>", "result": "open"}
    lost = {"on_day": date(2026, 11, 12), "amount_minor": 10000, "result": "open", "cause": "missing bank line"}
    moved = {"charges_minor": 9400, "refunds_minor": 0, "disputes_minor": 0, "fees_minor": -400, "other_minor": 0}
    day = {**EU, "currency": "EUR", "movements": 1, **moved, "payouts_minor": 0, "net_minor": 9000}
    booked = {**line, "statement_id": "s1"}
    return {
        "canonical.payouts": [
            {**EU, "payout_id": "po_good", "amount_minor": 10000, "currency": "EUR", "arrival_on": date(2026, 11, 12)}
        ],
        "canonical.bank_statements": [
            {**line, "statement_id": "s1", "name": "2026-11", "file_name": "november.xml", "imported_by": "jo"}
        ],
        "canonical.bank_lines": [
            {**booked, "bank_line_id": "l1", "amount_minor": 10000, "booked_on": date(2026, 11, 13)},
            {**booked, "bank_line_id": "l2", "amount_minor": -90000, "booked_on": date(2026, 11, 14)},
        ],
        "marts.bank_matches": [
            {"bank_account": "bank/main", "bank_line_id": "l1", **EU, "payout_id": "po_good", "rule": "reference"}
        ],
        "marts.bank_reconciliation": [
            {**of_good, "side": "bank line", "object_id": "l1", "others": "po_good", "difference_minor": 0},
            {**of_good, "side": "payout", **EU, "object_id": "po_good", "others": "l1", "difference_minor": 0},
            {**line, **rent, "side": "bank line", "object_id": "l2", "cause": "unknown bank line"},
            {**line, **lost, "side": "payout", **EU, "object_id": "po_bad", "probable_cause": "Ask the gateway."},
        ],
        "marts.balance_by_day": [
            {**day, "on_day": date(2026, 11, 10)},
            {
                **day,
                "on_day": date(2026, 11, 12),
                **dict.fromkeys(moved, 0),
                "payouts_minor": -8000,
                "net_minor": -8000,
            },
        ],
    }


def taxes() -> dict[str, Rows]:
    """German VAT of a gateway's invoice and of a document."""
    tax = {**EU, "kind": "vat", "percent": "19", "country": "DE", "currency": "EUR", "is_reverse_charge": False}
    gateway = {"taxable_minor": 10000, "tax_minor": 1900}
    in_kuwait = {**tax, "percent": "5", "country": "KW", "currency": "KWD", "taxable_minor": 11757, "tax_minor": 588}
    return {
        "marts.tax_summary": [
            {**tax, **gateway, "period": "2026-11", "documents": 1, "source": "gateway"},
            {**tax, "period": "2026-10", "documents": 1, "taxable_minor": 5000, "tax_minor": 950, "source": "document"},
        ],
        "canonical.tax_lines": [
            {**tax, **gateway, "tax_line_id": "tl_1", "invoice_id": "in_1", "charged_at": at("2026-11-10")},
            {**in_kuwait, "tax_line_id": "tl_2", "invoice_id": "in_noor", "charged_at": at("2026-11-02")},
        ],
    }


def given_back() -> dict[str, Rows]:
    """A refund of ours, and an open dispute."""
    refund = {"refund_id": "re_zoe2", "charge_id": "ch_zoe2_part", "amount_minor": 2000, "status": "succeeded"}
    dispute = {"dispute_id": "dp_zoe3", "charge_id": "ch_zoe3_disputed", "amount_minor": 3000}
    euros = {**EU, "currency": "EUR"}
    return {
        "canonical.refunds": [{**euros, **refund, "request_id": f"req_{'a' * 32}", "created_at": at("2026-10-20")}],
        "canonical.disputes": [{**euros, **dispute, "status": "needs_response", "created_at": at("2026-09-15")}],
    }


def pipelines() -> dict[str, Rows]:
    """A check that passed, one that found something, and a row that was set aside."""
    return {
        "marts.check_results": [
            {"name": "staging_equals_canonical", "severity": "block", "rows": 0, "sentence": "No row is lost."},
            {
                "name": "payouts_have_lines",
                "severity": "report",
                "rows": 1,
                "sentence": "Every payout is the sum of its lines.",
                "sample": '[{"payout_id": "po_bad"}]',
            },
        ],
        "marts.quarantine": [
            {
                **EU,
                "resource": "charges",
                "object_id": "ch_bad",
                "reason": "currency 'zzz' is not in ISO 4217",
                "original_text": '{"id":"ch_bad","description":"<img src=x onerror=alert(1)>"}',
                "landed_file": "charges/1.ndjson.gz",
                "line": 3,
                "seen_at": AS_OF,
            }
        ],
        "marts.freshness": [{**EU, "resource": "charges", "last_seen_at": AS_OF, "rows": 9}],
        "marts.as_of": [{"published_at": NOW, "loaded_up_to": AS_OF, "version": "small"}],
    }
