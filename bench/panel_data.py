"""A published file with 100,000 customers and a million events, written by DuckDB: what the panel is measured on.

The tables are the real ones: a warehouse with one charge is built and published, and its file is filled up.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from counterfoil.paths import Paths
from warehouse.build import build
from warehouse.landing import LandingWriter
from warehouse.load import load_landed
from warehouse.publish import ROW_GROUP, publish

CUSTOMERS = 100_000
CHARGES_EACH = 8
EVENTS = CUSTOMERS * (CHARGES_EACH + 2)
"""Eight charges, a refund, an invoice each."""
_SEED = b'{"id":"ch_seed","object":"charge","amount":100,"currency":"eur","status":"failed","created":1700000000}'
_HERE = "'stripe' AS gateway, 'stripe/eu' AS account, now() AS seen_at"
_PERSON = "'per_' || lpad(to_hex(hash({n}) & 1099511627775), 16, '0')"


def publish_many(paths: Paths) -> list[str]:
    """Write the file into `paths.published`; return the customers' e-mail addresses."""
    with LandingWriter(paths.landing, "stripe/eu", "charges", datetime.now(UTC)) as writer:
        writer.add(_SEED)
    load_landed(paths)
    build(paths, reporting_time_zone="UTC")
    version = publish(paths, now=datetime.now(UTC)).version
    _fill(paths.published / f"{version}.duckdb")
    return [f"buyer{number}@example.com" for number in range(CUSTOMERS)]


def _fill(file: Path) -> None:
    person = _PERSON.format(n="n")
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{file}' AS published (ROW_GROUP_SIZE {ROW_GROUP})")
        connection.execute(f"CREATE TEMP TABLE people AS SELECT n, {person} AS person_id FROM range({CUSTOMERS}) t(n)")
        connection.execute(
            f"""CREATE TEMP TABLE sales AS
                SELECT n, person_id, k, 'ch_' || n || '_' || k AS charge_id, 'cus_' || n AS customer_id,
                    (500 + hash(n * 8 + k) % 90000)::BIGINT AS amount_minor,
                    TIMESTAMPTZ '2024-01-01' + to_hours((hash(n * 8 + k) % 25000)::INT) AS created_at
                FROM people, range({CHARGES_EACH}) t(k)"""
        )
        for table, (sql, order) in _TABLES.items():
            connection.execute(f"INSERT INTO published.{table} BY NAME SELECT * FROM ({sql}) ORDER BY {order}")
        connection.execute("CHECKPOINT published")


_CHARGE = f"""{_HERE}, charge_id, customer_id, amount_minor, 'EUR' AS currency, created_at"""
_TABLES: dict[str, tuple[str, str]] = {
    "canonical.customers": (
        f"""SELECT {_HERE}, 'cus_' || n AS customer_id, 'buyer' || n || '@example.com' AS email, 'Buyer ' || n AS name,
                'DE' AS country, '[]'::JSON AS tax_ids, false AS is_deleted FROM people""",
        "customer_id",
    ),
    "canonical.charges": (
        f"""SELECT {_CHARGE}, amount_minor AS captured_minor, if(k = 0, 100, 0)::BIGINT AS refunded_minor,
                'succeeded' AS status, false AS is_disputed, 'Order ' || charge_id AS description,
                'EXAMPLE BOOKS' AS statement_descriptor, 'card' AS payment_method, 'visa' AS card_brand,
                '4242' AS card_last4, 'txn_' || charge_id AS balance_transaction_id,
                'buyer' || n || '@example.com' AS email FROM sales""",
        "account, charge_id",
    ),
    "canonical.refunds": (
        f"""SELECT {_HERE}, 're_' || charge_id AS refund_id, charge_id, 100::BIGINT AS amount_minor, 'EUR' AS currency,
                'succeeded' AS status, created_at FROM sales WHERE k = 0""",
        "charge_id",
    ),
    "canonical.invoices": (
        f"""SELECT {_HERE}, 'in_' || n AS invoice_id, 'A-' || n AS number, customer_id, charge_id, 'open' AS status,
                'EUR' AS currency, amount_minor AS total_minor, 0::BIGINT AS tax_minor, amount_minor AS remaining_minor,
                created_at FROM sales WHERE k = 1""",
        "invoice_id",
    ),
    "canonical.subscriptions": (
        f"""SELECT {_HERE}, 'sub_' || n AS subscription_id, customer_id, 'active' AS status, 'EUR' AS currency,
                1000::BIGINT AS amount_minor, 1::BIGINT AS quantity, 'month' AS interval, 1::BIGINT AS interval_count,
                created_at FROM sales WHERE k = 2""",
        "subscription_id",
    ),
    "marts.customer_people": (
        "SELECT 'stripe' AS gateway, 'stripe/eu' AS account, 'cus_' || n AS customer_id, person_id FROM people",
        "customer_id",
    ),
    "marts.charge_search": (
        """SELECT charge_id, 'stripe' AS gateway, 'stripe/eu' AS account, person_id, '4242' AS card_last4, amount_minor,
                'EUR' AS currency, created_at, 'EXAMPLE BOOKS' AS statement_descriptor,
                'buyer' || n || '@example.com' AS email FROM sales""",
        "person_id, created_at",
    ),
    "marts.people": (
        """SELECT person_id, 'buyer' || n || '@example.com' AS email, 'Buyer ' || n AS name, 'DE' AS country,
                json_array(json_object('gateway', 'stripe', 'account', 'stripe/eu', 'customer_id', 'cus_' || n))
                    AS customer_keys,
                8::BIGINT AS charges, '{"EUR": 100000}'::JSON AS gross_minor_by_currency,
                TIMESTAMPTZ '2024-01-01' AS first_seen_at, TIMESTAMPTZ '2026-01-01' AS last_seen_at,
                'buyer ' || n || ' buyer' || n || '@example.com cus_' || n AS search_text FROM people""",
        "last_seen_at DESC, person_id",
    ),
    "marts.customer_timeline": (
        """SELECT person_id, created_at AS "at", 'charge' AS kind, 'stripe' AS gateway, 'stripe/eu' AS account,
                charge_id AS object_id, charge_id, customer_id, 'Order' AS title, amount_minor, 'EUR' AS currency,
                'succeeded' AS status, '{}'::JSON AS detail FROM sales
           UNION ALL
           SELECT person_id, created_at, CASE k WHEN 0 THEN 'refund' ELSE 'invoice' END, 'stripe', 'stripe/eu',
                'x_' || charge_id, charge_id, customer_id, 'More', 100, 'EUR', 'succeeded', '{}'::JSON
           FROM sales WHERE k < 2""",
        'person_id, "at"',
    ),
}
