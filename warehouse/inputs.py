"""What the models use beside the raw tables: seeds (small CSV files of ours, and settings), and the books' tables."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import duckdb

from counterfoil.bank_accounts import BankAccount
from counterfoil.paths import Paths
from warehouse.locks import held
from warehouse.state import read_states, transaction, write_state

SEEDS = Path(__file__).resolve().parent / "seeds"

BOOKS = {
    "documents": "document_id VARCHAR, kind VARCHAR, number VARCHAR, series VARCHAR, year INTEGER, entity VARCHAR,"
    " gateway VARCHAR, account VARCHAR, charge_id VARCHAR, refund_id VARCHAR, person_id VARCHAR, customer_id VARCHAR,"
    " issued_at TIMESTAMPTZ, currency VARCHAR, total_minor BIGINT, tax_minor BIGINT, country VARCHAR, data JSON,"
    " template_version VARCHAR, original_document_id VARCHAR, pdf_path VARCHAR, pdf_sha256 VARCHAR,"
    " drawn_at TIMESTAMPTZ",
    "audit_log": "sequence BIGINT, recorded_at TIMESTAMPTZ, request_id VARCHAR, flow_run_id VARCHAR, kind VARCHAR,"
    " actor VARCHAR, role VARCHAR, action VARCHAR, account VARCHAR, object_kind VARCHAR, object_id VARCHAR,"
    " ticket VARCHAR, amount_minor BIGINT, currency VARCHAR, reason_code VARCHAR, reason_text VARCHAR, outcome VARCHAR,"
    " gateway_reference VARCHAR, sentence VARCHAR, detail JSON, source VARCHAR, previous_hash VARCHAR, hash VARCHAR",
}
"""The books' tables that are published, with the columns that pages and models count on. Where the books do not have
one yet, an empty one stands for it."""

BANK_ACCOUNTS = "bank_account VARCHAR, currency VARCHAR, account VARCHAR, window_days INTEGER, tolerance_minor BIGINT"

_FINGERPRINT = {
    "documents": "SELECT count(*)::VARCHAR || ' ' || count(drawn_at)::VARCHAR FROM books_file.documents",
    "audit_log": "SELECT count(*)::VARCHAR || ' ' || coalesce(arg_max(hash, sequence), '') FROM books_file.audit_log",
}
"""Documents are only added, and drawn once; the log is only added to."""


def refresh_seeds(connection: duckdb.DuckDBPyConnection) -> None:
    """Make seeds.<file name> from each CSV file that changed; every column is text."""
    states = read_states(connection)
    for path in sorted(SEEDS.glob("*.csv")):
        name = f"seeds.{path.stem}"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if name not in states or states[name].fingerprint != digest:
            with transaction(connection):
                connection.execute(
                    f"CREATE OR REPLACE TABLE {name} AS FROM read_csv(?, all_varchar = true, header = true)",
                    [str(path)],
                )
                write_state(connection, name, digest, 0)


def refresh_bank_accounts(connection: duckdb.DuckDBPyConnection, known: Sequence[BankAccount]) -> None:
    """Make seeds.bank_accounts out of the settings, if they changed: one row per bank account and gateway account."""
    rows = [
        [bank.name, bank.currency, account, bank.window_days, bank.tolerance_minor]
        for bank in known
        # No account at all means every one.
        for account in bank.accounts or (None,)
    ]
    name, digest = "seeds.bank_accounts", hashlib.sha256(repr(rows).encode()).hexdigest()
    states = read_states(connection)
    if name in states and states[name].fingerprint == digest:
        return
    with transaction(connection):
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({BANK_ACCOUNTS})")
        for row in rows:
            connection.execute(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?)", row)
        write_state(connection, name, digest, 0)


def refresh_books(connection: duckdb.DuckDBPyConnection, paths: Paths) -> None:
    """Copy what is published of the books into schema books, if it changed."""
    for name, columns in BOOKS.items():
        connection.execute(f"CREATE TABLE IF NOT EXISTS books.{name} ({columns})")
    if not paths.books.is_file():
        return
    with held(paths.books):
        connection.execute(f"ATTACH '{_escaped(paths.books)}' AS books_file (READ_ONLY)")
        try:
            _copy_books(connection)
        finally:
            connection.execute("DETACH books_file")


def _copy_books(connection: duckdb.DuckDBPyConnection) -> None:
    states = read_states(connection)
    there = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'books_file'").fetchall()
    for (name,) in there:
        if name not in BOOKS:
            continue
        (digest,) = connection.execute(_FINGERPRINT[name]).fetchall()[0]
        full = f"books.{name}"
        if full not in states or states[full].fingerprint != digest:
            with transaction(connection):
                connection.execute(f"CREATE OR REPLACE TABLE {full} AS FROM books_file.{name}")
                write_state(connection, full, digest, 0)


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
