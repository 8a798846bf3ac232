"""A small published file by hand: a few persons whose every figure a reader can add up in their head.

The tables are those of published.sql; `publish_small` writes them as the publisher does: a version and a pointer.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tests.dashboards.published_objects import objects
from tests.dashboards.published_reports import AS_OF, EU, Rows, at, bank, books, given_back, payouts, pipelines, taxes

HERE = Path(__file__).parent
US = {"gateway": "stripe", "account": "stripe/us"}
ZOE, KENJI, NOOR, GUEST, EVIL, UMA = (f"per_{number:016x}" for number in range(1, 7))
EVIL_NAME = "<script>alert(1)</script>"


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
        "balance_transaction_id": f"txn_of_{charge_id}",
        "seen_at": AS_OF,
        "created_at": at(day),
        **more,
    }


OF_ZOE = {"customer_id": "cus_zoe", "billing_country": "DE"}
CHARGES: dict[str, Rows] = {
    ZOE: [
        _charge("ch_zoe1_invoiced", 11900, "EUR", "2026-11-10", description="Atlas, one year", **OF_ZOE),
        _charge("ch_zoe2_part", 5000, "EUR", "2026-10-05", refunded_minor=2000, **OF_ZOE),
        _charge("ch_zoe3_disputed", 3000, "EUR", "2026-09-15", is_disputed=True, **OF_ZOE),
        _charge(
            "ch_zoe4_failed", 1000, "EUR", "2026-08-01", status="failed", captured_minor=0, failure_message="Declined."
        ),
        _charge(
            "ch_zoe5_held",
            4200,
            "EUR",
            "2026-07-20",
            status="authorized",
            captured_minor=0,
            balance_transaction_id=None,
            **OF_ZOE,
        ),
    ],
    KENJI: [
        _charge(
            "ch_kenji1",
            80000,
            "JPY",
            "2026-11-01",
            card_last4="1999",
            billing_country="JP",
            statement_descriptor="TANAKA BOOKS TOKYO",
        )
    ],
    NOOR: [_charge("ch_noor1", 12345, "KWD", "2026-11-02", invoice_id="in_noor", customer_id="cus_noor")],
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


def _customer_of(person_id: str) -> dict[str, Any]:
    """What a gateway knows of a person; guests have no customer_id."""
    email, name, country, customer_id, account, _ = _PERSONS[person_id]
    known = {"email": email, "name": name, "country": country, "customer_id": customer_id}
    return {**account, "person_id": person_id, **known}


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
    return [*rows, {"person_id": ZOE, "at": at("2026-10-20"), **EU, **refund, **money}]


def _search() -> Rows:
    names = ("charge_id", "gateway", "account", "card_last4", "amount_minor", "currency", "created_at")
    return [
        {
            "person_id": person_id,
            "statement_descriptor": charge.get("statement_descriptor"),
            **{name: charge[name] for name in names},
        }
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


def publish_small(folder: Path, *, version: str = "small", audit: int = 6) -> None:
    """Write the small file into `folder` and point to it."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Rows] = {
        "canonical.charges": [charge for charges in CHARGES.values() for charge in charges],
        **objects(_customer_of(person_id) for person_id in _PERSONS),
        "marts.people": _people(),
        "marts.customer_timeline": _timeline(),
        "marts.charge_search": _search(),
        "marts.order_search": [
            {**EU, "order_id": "order_zoe", "person_id": ZOE, "number": "10042", "created_at": at("2026-11-10")}
        ],
        "marts.revenue_by_day": _revenue(),
        "marts.charge_facts": [
            {
                **{name: charge[name] for name in ("gateway", "account", "charge_id")},
                "on_day": charge["created_at"].date(),
                "country": charge.get("billing_country"),
                "product": "Atlas" if charge["charge_id"] == "ch_zoe1_invoiced" else None,
            }
            for charges in CHARGES.values()
            for charge in charges
        ],
        **payouts(),
        **bank(),
        **taxes(),
        **given_back(),
        **pipelines(),
        **books(audit),
    }
    with duckdb.connect(str(folder / f"{version}.duckdb")) as connection:
        connection.execute((HERE / "published.sql").read_text(encoding="utf-8"))
        for table, rows in tables.items():
            for row in rows:
                names = ", ".join(f'"{name}"' for name in row)
                places = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))
    (folder / "current").write_text(version, encoding="utf-8")
