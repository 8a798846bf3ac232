"""Reading issued documents: those to draw, those to credit; and noting that a PDF was stored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import orjson

from warehouse.books.documents import Document, DocumentChanged

ChargeKey = tuple[str, str, str]
"""(gateway, account, charge_id)"""


@dataclass(frozen=True, slots=True)
class Credited:
    """An invoice and what its credit notes have taken back so far, in minor units."""

    invoice: Document
    person_id: str | None
    customer_id: str | None
    credited_minor: int


@dataclass(frozen=True, slots=True)
class StoredPdf:
    """A PDF in its place; `pdf_path` is relative to the documents' folder."""

    document_id: str
    pdf_path: str
    pdf_sha256: str


def undrawn(conn: duckdb.DuckDBPyConnection, limit: int) -> list[Document]:
    """The first `limit` documents without a stored PDF, in the order of issue. Raises DocumentChanged."""
    rows = conn.execute(
        """
        SELECT document_id, kind, number, series, entity, year, issued_at, data, data_sha256, e.xml
        FROM documents LEFT JOIN e_invoices e USING (document_id)
        WHERE pdf_sha256 IS NULL ORDER BY issued_at, series, sequence LIMIT $limit
        """,
        {"limit": limit},
    ).fetchall()
    return [_document(row) for row in rows]


def count_undrawn(conn: duckdb.DuckDBPyConnection) -> int:
    """How many documents have no stored PDF."""
    row = conn.execute("SELECT count(*) FROM documents WHERE pdf_sha256 IS NULL").fetchone()
    return int(row[0]) if row else 0


def find(conn: duckdb.DuckDBPyConnection, document_id: str) -> Document | None:
    """The document by its id; None where there is none. Raises DocumentChanged."""
    row = conn.execute(
        """
        SELECT document_id, kind, number, series, entity, year, issued_at, data, data_sha256, e.xml
        FROM documents LEFT JOIN e_invoices e USING (document_id) WHERE document_id = $id
        """,
        {"id": document_id},
    ).fetchone()
    return _document(row) if row else None


def stored_pdf(conn: duckdb.DuckDBPyConnection, document_id: str) -> StoredPdf | None:
    """Where a document's PDF lies; None where it is not drawn yet."""
    row = conn.execute(
        "SELECT document_id, pdf_path, pdf_sha256 FROM documents WHERE document_id = $id AND pdf_sha256 IS NOT NULL",
        {"id": document_id},
    ).fetchone()
    return StoredPdf(*row) if row else None


def invoices_of(conn: duckdb.DuckDBPyConnection, charges: Sequence[ChargeKey]) -> dict[ChargeKey, Credited]:
    """Our invoice of each charge that has one, with the sum of its credit notes; the newest where one was replaced."""
    rows = conn.execute(
        """
        SELECT i.document_id, i.kind, i.number, i.series, i.entity, i.year, i.issued_at, i.data, i.data_sha256,
            e.xml, i.gateway, i.account, i.charge_id, i.person_id, i.customer_id,
            (SELECT coalesce(sum(c.total_minor), 0)::BIGINT FROM documents c
             WHERE c.kind = 'credit_note' AND c.original_document_id = i.document_id)
        FROM documents i LEFT JOIN e_invoices e USING (document_id)
        WHERE i.kind = 'invoice' AND i.charge_id IN (SELECT unnest($charge_ids::VARCHAR[]))
        ORDER BY i.year, i.sequence
        """,
        {"charge_ids": sorted({charge_id for _, _, charge_id in charges})},
    ).fetchall()
    wanted = set(charges)
    found = {(row[10], row[11], row[12]): Credited(_document(row), row[13], row[14], row[15]) for row in rows}
    return {key: credited for key, credited in found.items() if key in wanted}


def mark_drawn(conn: duckdb.DuckDBPyConnection, stored: Sequence[StoredPdf], *, now: datetime) -> None:
    """Note where the PDFs lie; a document that has one keeps it. The caller holds the transaction."""
    for pdf in stored:
        conn.execute(
            """
            UPDATE documents SET pdf_path = $path, pdf_sha256 = $sha256, drawn_at = $now
            WHERE document_id = $id AND pdf_sha256 IS NULL
            """,
            {"path": pdf.pdf_path, "sha256": pdf.pdf_sha256, "now": now, "id": pdf.document_id},
        )


def _document(row: Sequence[Any]) -> Document:
    document_id, kind, number, series, entity, year, issued_at, text, sha256, xml = row[:10]
    data = orjson.loads(text)
    is_whole = hashlib.sha256(text.encode()).hexdigest() == sha256
    expected = data.get("e_invoice", {}).get("sha256", "") if is_whole else ""
    if not is_whole or expected != (hashlib.sha256(xml.encode()).hexdigest() if xml is not None else ""):
        raise DocumentChanged(
            f"The frozen data of {number} were changed after it was issued; restore the books from the last backup."
        )
    return Document(document_id, kind, number, series, entity, year, issued_at, data, xml)
