"""The gateways' invoices: how many stand how, how old the open ones are, and each with its number and document."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.addresses import with_query
from dashboards.downloads import download
from dashboards.filters import Query, instants
from dashboards.listing import Field, date_field, select, text_field, window
from dashboards.roles import Finance
from dashboards.service import Service, service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import invoice_list as reads
from warehouse.reads.invoice_list import AGES, InvoiceFilter

router = APIRouter()
TABLES = ("status", "ageing", "invoices")
Days = tuple[date | None, date | None]


@router.get("/invoices")
def invoices(request: Request, visitor: Finance) -> Response:
    """The page, or one of its tables as a file."""
    service, query = service_of(request), Query(request)
    asked, days = _filter(service, query)
    shown, chosen = window(query), query.choice("table", TABLES) or "invoices"
    query.done()
    base = {name: value for name, value in request.query_params.items() if name not in ("table", "format", "page")}
    rows = reads.list_invoices(service.published, asked, limit=shown.limit, offset=shown.offset)
    summaries = {
        "status": _by_status(reads.by_status(service.published, asked), base),
        "ageing": _by_age(reads.by_age(service.published, asked), base),
    }
    if shown.is_file:
        return download(summaries.get(chosen) or _list(rows, False), shown.kind)
    cut, has_more = shown.cut(rows)
    table, fields = _list(list(cut), has_more), _fields(service, asked, days)
    return service.pages.html(
        request, visitor, "invoices.html", fields=fields, summaries=summaries, table=table, page=shown.page
    )


def _filter(service: Service, query: Query) -> tuple[InvoiceFilter, Days]:
    days = query.optional_period()
    since, until = instants(*days, service.settings.zone)
    known = service.kept.once("invoices", reads.choices)
    asked = InvoiceFilter(
        service.clock(),
        since,
        until,
        query.choice("status", known["status"]),
        query.choice("age", AGES),
        query.choice("gateway", known["gateway"]),
        query.choice("account", known["account"]),
        query.currency(),
        query.country(),
        query.text("number"),
    )
    return asked, days


def _fields(service: Service, asked: InvoiceFilter, days: Days) -> list[Field]:
    known = service.kept.once("invoices", reads.choices)
    return [
        date_field("from", "From", days[0]),
        date_field("to", "To", days[1]),
        select("status", "Status", asked.status, known["status"]),
        select("age", "Overdue", asked.age, AGES),
        text_field("number", "Number begins", asked.number),
        select("currency", "Currency", asked.currency, known["currency"]),
        select("gateway", "Gateway", asked.gateway, known["gateway"]),
        select("account", "Account", asked.account, known["account"]),
        select("country", "Country", asked.country, known["country"]),
    ]


def _by_status(rows: list[Row], base: dict[str, str]) -> Table:
    def link(row: Row) -> str:
        return with_query("/invoices", base, status=row["status"], currency=row["currency"])

    columns = (
        Column("status", "Status", "state"),
        Column("invoices", "Invoices", "count", link=link),
        Column("total_minor", "Total", "money", link=link),
        Column("remaining_minor", "Still to pay", "money", link=link),
    )
    return Table("invoices-by-status", columns, rows, "No invoice under these filters.")


def _by_age(rows: list[Row], base: dict[str, str]) -> Table:
    def link(row: Row) -> str:
        return with_query("/invoices", base, age=row["age"], currency=row["currency"])

    columns = (
        Column("age", "Overdue", link=link),
        Column("invoices", "Invoices", "count", link=link),
        Column("remaining_minor", "Still to pay", "money", link=link),
    )
    return Table("invoices-by-age", columns, rows, "No open invoice under these filters.")


def _person(row: Row) -> str | None:
    return f"/customers/{row['person_id']}" if row["person_id"] else None


def _document(row: Row) -> str | None:
    return f"/documents/{row['document_id']}.pdf" if row["pdf_path"] else None


def _list(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("number", "Number", link=_person),
        Column("charged_at", "Of", "time"),
        Column("status", "Status", "state"),
        Column("total_minor", "Total", "money"),
        Column("remaining_minor", "Still to pay", "money"),
        Column("due_at", "Due", "time"),
        Column("age", "Overdue"),
        Column("customer_email", "E-mail", link=_person),
        Column("document_number", "Our document", link=_document),
        Column("country", "Country"),
        Column("account", "Account"),
        Column("invoice_id", "Invoice", "code"),
    )
    return Table("invoices", columns, rows, "No invoice under these filters.", is_cut)
