"""A small published file by hand: a few persons whose every figure a reader can add up in their head.

The tables are those of published.sql; `publish_small` writes them as the publisher does: a version and a pointer.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AS_OF = datetime(2026, 11, 23, 11, 55, tzinfo=UTC)
EU = {"gateway": "stripe", "account": "stripe/eu"}
US = {"gateway": "stripe", "account": "stripe/us"}
ZOE, KENJI, NOOR, GUEST, EVIL, UMA = (f"per_{number:016x}" for number in range(1, 7))
DOCUMENT = "0d5c0000-0000-4000-8000-000000000001"
OUTSIDE = "0d5c0000-0000-4000-8000-000000000002"
EVIL_NAME = "<script>alert(1)</script>"

Rows = list[dict[str, Any]]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T10:00:00+00:00")


def _charge(charge_id: str, minor: int, currency: str, day: str, **more: Any) -> dict[str, Any]:
    return {
        **EU,
        "charge_id": charge_id,
        "amount_minor": minor,
        "captured_minor": minor,
        "refunded_minor": 0,
        "currency": currency,
        "status": "succeeded",
        "is_disputed": False,
        "payment_method": "card",
        "card_brand": "visa",
        "card_last4": "4242",
        "created_at": _at(day),
        **more,
    }


CHARGES: dict[str, Rows] = {
    ZOE: [
        _charge("ch_zoe1_invoiced", 11900, "EUR", "2026-11-10", description="Atlas, one year", billing_country="DE"),
        _charge("ch_zoe2_part", 5000, "EUR", "2026-10-05", refunded_minor=2000, billing_country="DE"),
        _charge("ch_zoe3_disputed", 3000, "EUR", "2026-09-15", is_disputed=True, billing_country="DE"),
        _charge(
            "ch_zoe4_failed", 1000, "EUR", "2026-08-01", status="failed", captured_minor=0, failure_message="Declined."
        ),
    ],
    KENJI: [_charge("ch_kenji1", 80000, "JPY", "2026-11-01", card_last4="1999", billing_country="JP")],
    NOOR: [_charge("ch_noor1", 12345, "KWD", "2026-11-02", card_last4="0005", billing_country="KW")],
    GUEST: [_charge("ch_guest1", 1999, "USD", "2026-11-03", card_last4="4444", description="=HYPERLINK(1)")],
    EVIL: [_charge("ch_evil1", 500, "USD", "2026-11-04", card_last4="6666", description=EVIL_NAME)],
    UMA: [{**_charge("ch_uma1", 2500, "USD", "2026-07-01"), **US}],
}
_PERSONS = {
    ZOE: ("zoe@example.com", "Zoë Müller", "DE", "cus_zoe", EU, "zoe muller zoe@example.com cus_zoe"),
    KENJI: ("kenji@example.jp", "Kenji Tanaka", "JP", "cus_kenji", EU, "kenji tanaka kenji@example.jp cus_kenji"),
    NOOR: ("noor@example.kw", "Noor Al-Sabah", "KW", "cus_noor", EU, "noor al-sabah noor@example.kw cus_noor"),
    GUEST: ("guest@example.org", None, None, None, EU, "guest@example.org"),
    EVIL: ("evil@example.com", EVIL_NAME, "US", "cus_evil", EU, "<script>alert(1)</script> evil@example.com cus_evil"),
    UMA: ("uma@example.com", "Uma Stone", "US", "cus_uma", US, "uma stone uma@example.com cus_uma"),
}


def _people() -> Rows:
    rows = []
    for person_id, (email, name, country, customer_id, account, text) in _PERSONS.items():
        charges = CHARGES[person_id]
        keys = [{**account, "customer_id": customer_id}] if customer_id else []
        gross: dict[str, int] = {}
        for charge in charges:
            gross[charge["currency"]] = gross.get(charge["currency"], 0) + charge["captured_minor"]
        rows.append(
            {
                "person_id": person_id,
                "email": email,
                "name": name,
                "country": country,
                "customer_keys": json.dumps(keys),
                "charges": len(charges),
                "gross_minor_by_currency": json.dumps(gross),
                "first_seen_at": min(charge["created_at"] for charge in charges),
                "last_seen_at": max(charge["created_at"] for charge in charges),
                "search_text": text,
            }
        )
    return rows


def _timeline() -> Rows:
    rows = [
        {
            "person_id": person_id,
            "at": charge["created_at"],
            "kind": "charge",
            "gateway": charge["gateway"],
            "account": charge["account"],
            "object_id": charge["charge_id"],
            "charge_id": charge["charge_id"],
            "title": charge.get("description") or "Payment by card",
            "amount_minor": charge["amount_minor"],
            "currency": charge["currency"],
            "status": charge["status"],
            "detail": "{}",
        }
        for person_id, charges in CHARGES.items()
        for charge in charges
    ]
    refund = {"kind": "refund", "object_id": "re_zoe2", "charge_id": "ch_zoe2_part", "title": "requested by customer"}
    money = {"amount_minor": 2000, "currency": "EUR", "status": "succeeded", "detail": "{}"}
    return [*rows, {"person_id": ZOE, "at": _at("2026-10-20"), **EU, **refund, **money}]


def _search() -> Rows:
    names = ("charge_id", "gateway", "account", "card_last4", "amount_minor", "currency", "created_at")
    return [
        {"person_id": person_id, **{name: charge[name] for name in names}}
        for person_id, charges in CHARGES.items()
        for charge in charges
    ]


def _revenue() -> Rows:
    def day(text: str, currency: str, country: str | None, product: str | None, **minor: int) -> dict[str, Any]:
        figures = {"charges": 0, "gross": 0, "refunds": 0, "disputes": 0, "fees": 0} | minor
        net = figures["gross"] - figures["refunds"] - figures["disputes"] - figures["fees"]
        sums = {f"{name}_minor": figures[name] for name in ("gross", "refunds", "disputes", "fees")}
        key = {"on_day": date.fromisoformat(text), **EU, "currency": currency, "country": country, "product": product}
        return {**key, "charges": figures["charges"], **sums, "net_minor": net}

    return [
        day("2026-11-10", "EUR", "DE", "Atlas", charges=1, gross=11900, fees=375),
        day("2026-10-05", "EUR", "DE", None, charges=1, gross=5000, fees=175),
        day("2026-10-20", "EUR", "DE", None, refunds=2000),
        day("2026-09-15", "EUR", "DE", None, charges=1, gross=3000, disputes=3000, fees=1575),
        day("2025-10-15", "EUR", "DE", None, charges=1, gross=10000, fees=300),
        day("2026-11-01", "JPY", "JP", None, charges=1, gross=80000, fees=2900),
        day("2026-11-02", "KWD", "KW", None, charges=1, gross=12345, fees=400),
        day("2026-11-03", "USD", None, None, charges=2, gross=2499, fees=120),
    ]


def _books(audit: int) -> dict[str, Rows]:
    document = {
        **EU,
        "kind": "invoice",
        "series": "INV",
        "year": 2026,
        "charge_id": "ch_zoe1_invoiced",
        "person_id": ZOE,
        "issued_at": _at("2026-11-11"),
        "currency": "EUR",
        "total_minor": 11900,
        "tax_minor": 1900,
        "country": "DE",
        "data": json.dumps({"supplied_on": "2026-11-10", "tax_lines": []}),
    }
    log = [
        {
            "sequence": number,
            "recorded_at": _at("2026-11-12"),
            "request_id": f"req_{number // 2:032x}",
            "flow_run_id": None,
            "kind": "outcome" if number % 2 else "requested",
            "actor": "ada@example.com",
            "role": "agent",
            "action": "refund",
            "account": "stripe/eu",
            "charge_id": "ch_zoe2_part",
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


def _rest() -> dict[str, Rows]:
    payout = {**EU, "currency": "EUR", "arrival_on": date(2026, 11, 12), "amount_minor": 10000, "lines": 2}
    tax = {**EU, "kind": "vat", "percent": "19", "country": "DE", "currency": "EUR", "is_reverse_charge": False}
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
                "created_at": _at("2026-11-10"),
            }
        ],
        "marts.tax_summary": [
            {
                **tax,
                "period": "2026-11",
                "documents": 1,
                "taxable_minor": 10000,
                "tax_minor": 1900,
                "source": "gateway",
            },
            {**tax, "period": "2026-10", "documents": 1, "taxable_minor": 5000, "tax_minor": 950, "source": "document"},
        ],
        "canonical.tax_lines": [
            {
                **tax,
                "tax_line_id": "tl_1",
                "invoice_id": "in_1",
                "taxable_minor": 10000,
                "tax_minor": 1900,
                "charged_at": _at("2026-11-10"),
            }
        ],
        "canonical.invoices": [
            {**EU, "invoice_id": "in_1", "number": "A-1", "customer_name": "Zoë Müller", "status": "paid"}
        ],
        "canonical.refunds": [
            {
                **EU,
                "refund_id": "re_zoe2",
                "charge_id": "ch_zoe2_part",
                "amount_minor": 2000,
                "currency": "EUR",
                "status": "succeeded",
                "request_id": f"req_{'a' * 32}",
                "created_at": _at("2026-10-20"),
            }
        ],
        "canonical.disputes": [
            {
                **EU,
                "dispute_id": "dp_zoe3",
                "charge_id": "ch_zoe3_disputed",
                "amount_minor": 3000,
                "currency": "EUR",
                "status": "needs_response",
                "created_at": _at("2026-09-15"),
            }
        ],
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


def publish_small(folder: Path, *, version: str = "small", audit: int = 6) -> None:
    """Write the small file into `folder` and point to it."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Rows] = {
        "canonical.charges": [charge for charges in CHARGES.values() for charge in charges],
        "marts.people": _people(),
        "marts.customer_timeline": _timeline(),
        "marts.charge_search": _search(),
        "marts.revenue_by_day": _revenue(),
        "marts.charge_facts": [
            {
                **{name: charge[name] for name in ("gateway", "account", "charge_id")},
                "country": charge.get("billing_country"),
                "product": "Atlas" if charge["charge_id"] == "ch_zoe1_invoiced" else None,
            }
            for charges in CHARGES.values()
            for charge in charges
        ],
        **_rest(),
        **_books(audit),
    }
    with duckdb.connect(str(folder / f"{version}.duckdb")) as connection:
        connection.execute((HERE / "published.sql").read_text(encoding="utf-8"))
        for table, rows in tables.items():
            for row in rows:
                names = ", ".join(f'"{name}"' for name in row)
                places = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))
    (folder / "current").write_text(version, encoding="utf-8")
