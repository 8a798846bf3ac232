"""Issued documents, and their PDFs exactly as they were stored."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from dashboards.downloads import download
from dashboards.files import file_below
from dashboards.filters import Query, instants
from dashboards.listing import date_field, select, text_field, window
from dashboards.roles import DocumentReader, PdfReader
from dashboards.service import service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import documents as reads

router = APIRouter()
KINDS = ("invoice", "credit_note", "receipt")


@router.get("/documents")
def documents(request: Request, visitor: DocumentReader) -> Response:
    """The list, newest first."""
    service = service_of(request)
    query = Query(request)
    first, last = query.optional_period()
    since, until = instants(first, last, service.settings.zone)
    known = service.kept.once("documents", reads.choices)
    asked = reads.DocumentFilter(
        since,
        until,
        query.choice("kind", KINDS),
        query.currency(),
        query.country(),
        query.choice("account", known["account"]),
        query.text("number"),
        query.text("person_id"),
        query.text("charge_id"),
    )
    shown = window(query)
    query.done()
    rows = reads.list_documents(service.published, asked, limit=shown.limit, offset=shown.offset)
    if shown.is_file:
        return download(_table(rows, False), shown.kind)
    cut, has_more = shown.cut(rows)
    fields = [
        date_field("from", "From", first),
        date_field("to", "To", last),
        select("kind", "Kind", asked.kind, KINDS),
        text_field("number", "Number begins", asked.number),
        select("country", "Country", asked.country, known["country"]),
        select("currency", "Currency", asked.currency, known["currency"]),
        select("account", "Account", asked.account, known["account"]),
    ]
    return service.pages.html(
        request, visitor, "documents.html", table=_table(list(cut), has_more), fields=fields, page=shown.page
    )


@router.get("/documents/{document_id}.pdf")
def pdf(request: Request, visitor: PdfReader, document_id: str) -> Response:
    """The stored file; its name comes from the books, never from the address."""
    service = service_of(request)
    document = reads.find_document(service.published, document_id)
    if document is None or not document["pdf_path"]:
        raise HTTPException(404)
    path = file_below(service.paths.documents, document["pdf_path"])
    if path is None:
        raise HTTPException(404)
    name = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in document["number"])
    return FileResponse(path, media_type="application/pdf", filename=f"{name}.pdf", content_disposition_type="inline")


def _pdf_link(row: Row) -> str | None:
    return f"/documents/{row['document_id']}.pdf" if row["pdf_path"] else None


def _table(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("number", "Number", link=_pdf_link),
        Column("kind", "Kind", "state"),
        Column("issued_at", "Issued at", "time"),
        Column("country", "Country"),
        Column("total_minor", "Total", "money"),
        Column("tax_minor", "Tax", "money"),
        Column("charge_id", "Charge", "code"),
        Column("refund_id", "Refund", "code"),
        Column("account", "Account"),
        Column("document_id", "Document", "code"),
    )
    return Table(
        "documents", columns, rows, "No document under these filters. Documents appear here once published.", is_cut
    )
