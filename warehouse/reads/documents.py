"""Issued documents as published from the books."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from warehouse.published import PublishedFile

_COLUMNS = """document_id, kind, number, series, year, account, charge_id, refund_id, person_id, issued_at, currency,
    total_minor, tax_minor, country, original_document_id, pdf_path, drawn_at"""


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What the page was asked for; None means all. `number` matches its beginning."""

    since: datetime | None = None
    until: datetime | None = None
    kind: str | None = None
    currency: str | None = None
    country: str | None = None
    account: str | None = None
    number: str | None = None
    person_id: str | None = None
    charge_id: str | None = None


def list_documents(
    published: PublishedFile, asked: DocumentFilter, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """The documents, newest first."""
    return published.rows(
        f"""SELECT {_COLUMNS} FROM books.documents
            WHERE ($since::TIMESTAMPTZ IS NULL OR issued_at >= $since)
              AND ($until::TIMESTAMPTZ IS NULL OR issued_at < $until)
              AND ($kind::VARCHAR IS NULL OR kind = $kind) AND ($currency::VARCHAR IS NULL OR currency = $currency)
              AND ($country::VARCHAR IS NULL OR country = $country)
              AND ($account::VARCHAR IS NULL OR account = $account)
              AND ($number::VARCHAR IS NULL OR starts_with(lower(number), lower($number)))
              AND ($person_id::VARCHAR IS NULL OR person_id = $person_id)
              AND ($charge_id::VARCHAR IS NULL OR charge_id = $charge_id)
            ORDER BY issued_at DESC, number DESC LIMIT $limit OFFSET $offset""",  # noqa: S608
        {**asdict(asked), "limit": limit, "offset": offset},
    )


def find_document(published: PublishedFile, document_id: str) -> dict[str, Any] | None:
    """One document, or None."""
    rows = published.rows(
        f"SELECT {_COLUMNS} FROM books.documents WHERE document_id = ?",  # noqa: S608
        [document_id],
    )
    return rows[0] if rows else None


def invoice_of_charge(published: PublishedFile, account: str, charge_id: str) -> dict[str, Any] | None:
    """The invoice or receipt of ours for a charge, which a refund's credit note would name; None where none is."""
    rows = published.rows(
        f"""SELECT {_COLUMNS} FROM books.documents
            WHERE account = ? AND charge_id = ? AND kind IN ('invoice', 'receipt') ORDER BY issued_at LIMIT 1""",  # noqa: S608
        [account, charge_id],
    )
    return rows[0] if rows else None


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """What can be chosen in the filters."""
    row = published.rows(
        """SELECT list(DISTINCT kind) AS kind, list(DISTINCT currency) AS currency, list(DISTINCT country) AS country,
                  list(DISTINCT account) AS account
           FROM books.documents"""
    )[0]
    return {name: sorted(value for value in values or [] if value) for name, values in row.items()}
