"""Issued documents in the books: frozen with their number in one transaction, drawn afterwards, never changed.

`Draft` becomes `Document` in `issue`. What it was issued for (`source_key`) is unique, so that issuing again, or after
a kill, adds nothing and loses no number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

import duckdb
import orjson
import pyarrow as pa

from warehouse.books.documents_data import DocumentData
from warehouse.books.series import allocate, next_number, printed_number

_COLUMNS = (
    "document_id, source_key, kind, number, entity, series, year, sequence, gateway, account, charge_id, refund_id, "
    "person_id, customer_id, issued_at, currency, total_minor, tax_minor, country, data, data_sha256, "
    "template_version, original_document_id"
)


class DocumentChanged(ValueError):
    """The frozen data in the books are not what was issued."""


class NotIssued(ValueError):
    """A document may not be issued as it is; the text says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before it has its number. `data` lacks nothing but number and day of issue."""

    source_key: str
    kind: str
    series: str
    entity: str
    gateway: str
    account: str
    charge_id: str
    refund_id: str | None
    person_id: str | None
    customer_id: str | None
    country: str | None
    data: DocumentData
    original_document_id: str | None = None

    @property
    def document_id(self) -> str:
        """The same for the same source, whenever it is issued."""
        return str(uuid5(NAMESPACE_URL, f"counterfoil:{self.entity}:{self.source_key}"))


@dataclass(frozen=True, slots=True)
class Document:
    """An issued document as it is drawn."""

    document_id: str
    kind: str
    number: str
    series: str
    entity: str
    year: int
    issued_at: datetime
    data: DocumentData
    e_invoice: str | None = None
    """The validated XML, where there is one."""


Completion = Callable[[Draft, DocumentData], tuple[DocumentData, str | None]]
"""Gives the last touch to numbered data, and its e-invoice. Raises NotIssued."""


def as_it_is(draft: Draft, data: DocumentData) -> tuple[DocumentData, str | None]:
    """No last touch, and no e-invoice."""
    return data, None


def issue(
    conn: duckdb.DuckDBPyConnection,
    drafts: Sequence[Draft],
    *,
    issued_at: datetime,
    issued_on: date,
    template_version: str,
    complete: Completion = as_it_is,
    on_refused: Callable[[Draft, str], None] = lambda draft, sentence: None,
) -> list[Document]:
    """Number and freeze those drafts whose source has no document yet, in the order given.

    A draft that `complete` refuses takes no number. The caller holds the transaction; `issued_on` is the day of
    `issued_at` in the reporting zone and gives the year.
    """
    fresh = _not_yet_issued(conn, drafts)
    documents: list[Document] = []
    rows: list[dict[str, Any]] = []
    for entity, series in dict.fromkeys((draft.entity, draft.series) for draft in fresh):
        first = sequence = next_number(conn, entity=entity, series=series, year=issued_on.year)
        for draft in (draft for draft in fresh if (draft.entity, draft.series) == (entity, series)):
            try:
                document = _freeze(draft, sequence, issued_at, issued_on, complete)
            except NotIssued as refused:
                on_refused(draft, str(refused))
                continue
            documents.append(document)
            rows.append(_row(draft, document, sequence, template_version))
            sequence += 1
        if sequence > first:
            allocate(conn, entity=entity, series=series, year=issued_on.year, count=sequence - first)
    if rows:
        _insert(conn, rows)
        _insert_e_invoices(conn, documents)
    return documents


def _not_yet_issued(conn: duckdb.DuckDBPyConnection, drafts: Sequence[Draft]) -> list[Draft]:
    by_key: dict[str, Draft] = {}
    for draft in drafts:
        by_key.setdefault(draft.source_key, draft)
    issued = issued_sources(conn, list(by_key))
    return [draft for key, draft in by_key.items() if key not in issued]


def issued_sources(conn: duckdb.DuckDBPyConnection, source_keys: Sequence[str]) -> set[str]:
    """Those of the keys for which a document exists."""
    rows = conn.execute(
        "SELECT source_key FROM documents WHERE source_key IN (SELECT unnest($keys::VARCHAR[]))",
        {"keys": list(source_keys)},
    ).fetchall()
    return {row[0] for row in rows}


def _freeze(draft: Draft, sequence: int, issued_at: datetime, issued_on: date, complete: Completion) -> Document:
    number = printed_number(draft.series, issued_on.year, sequence)
    numbered = cast(DocumentData, {**draft.data, "number": number, "issued_on": issued_on.isoformat()})
    data, xml = complete(draft, numbered)
    return Document(
        draft.document_id, draft.kind, number, draft.series, draft.entity, issued_on.year, issued_at, data, xml
    )


def _row(draft: Draft, document: Document, sequence: int, template_version: str) -> dict[str, Any]:
    text = orjson.dumps(document.data).decode()
    return {
        "document_id": document.document_id,
        "source_key": draft.source_key,
        "kind": draft.kind,
        "number": document.number,
        "entity": draft.entity,
        "series": draft.series,
        "year": document.year,
        "sequence": sequence,
        "gateway": draft.gateway,
        "account": draft.account,
        "charge_id": draft.charge_id,
        "refund_id": draft.refund_id,
        "person_id": draft.person_id,
        "customer_id": draft.customer_id,
        "issued_at": document.issued_at,
        "currency": draft.data["currency"],
        "total_minor": draft.data["total_minor"],
        "tax_minor": draft.data["tax_minor"],
        "country": draft.country,
        "data": text,
        "data_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "template_version": template_version,
        "original_document_id": draft.original_document_id,
    }


def _insert(conn: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    conn.register("documents_to_issue", pa.Table.from_pylist(rows))
    conn.execute(f"INSERT INTO documents ({_COLUMNS}) SELECT {_COLUMNS} FROM documents_to_issue")  # noqa: S608
    conn.unregister("documents_to_issue")


def _insert_e_invoices(conn: duckdb.DuckDBPyConnection, documents: Sequence[Document]) -> None:
    rows = [
        {
            "document_id": document.document_id,
            "profile": document.data["e_invoice"]["profile"],
            "xml": document.e_invoice,
            "sha256": document.data["e_invoice"]["sha256"],
        }
        for document in documents
        if document.e_invoice is not None
    ]
    if rows:
        conn.register("e_invoices_to_keep", pa.Table.from_pylist(rows))
        conn.execute("INSERT INTO e_invoices BY NAME SELECT * FROM e_invoices_to_keep")
        conn.unregister("e_invoices_to_keep")
