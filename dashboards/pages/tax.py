"""Tax per period, country and rate, and the documents and invoice lines behind each row."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.addresses import with_query
from dashboards.downloads import download
from dashboards.filters import BadFilter, Period, Query, add_months, month_period
from dashboards.listing import Field, select, text_field, window
from dashboards.roles import Finance
from dashboards.service import Service, service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import tax as reads
from warehouse.reads import tax_lines as line_reads
from warehouse.reads.tax import NONE_GIVEN, TaxFilter

router = APIRouter()
_MONTH = r"(19[7-9]\d|2[01]\d\d)-(0[1-9]|1[0-2])"
_NONE = re.escape(NONE_GIVEN)
SOURCES = ("gateway", "document")


@router.get("/tax")
def tax(request: Request, visitor: Finance) -> Response:
    """The summary."""
    service = service_of(request)
    query = Query(request)
    asked = read_filter(service, query)
    shown = window(query)
    query.done()
    rows = reads.summary(service.published, asked)
    if shown.is_file:
        return download(_table(rows, False), shown.kind)
    cut, has_more = shown.cut(rows[shown.offset :])
    return service.pages.html(
        request,
        visitor,
        "tax.html",
        table=_table(list(cut), has_more),
        page=shown.page,
        totals=reads.totals(service.published, asked),
        asked=asked,
        fields=_fields(asked, service.kept.once("tax", reads.choices)),
    )


@router.get("/tax/lines")
def tax_lines(request: Request, visitor: Finance) -> Response:
    """The lines of invoices, credit notes and documents behind a row of the summary."""
    service = service_of(request)
    query = Query(request)
    asked = read_filter(service, query)
    shown = window(query)
    query.done()
    bounds = _period(asked).bounds(service.settings.zone)
    rows = line_reads.lines(service.published, asked, bounds, limit=shown.limit, offset=shown.offset)
    if shown.is_file:
        return download(_lines_table(rows, False), shown.kind)
    cut, has_more = shown.cut(rows)
    return service.pages.html(
        request,
        visitor,
        "rows.html",
        title="Tax lines",
        lead=_in_words(asked),
        back=with_query("/tax", dict(request.query_params), page=None),
        table=_lines_table(list(cut), has_more),
        totals=line_reads.sums(service.published, asked, bounds),
        page=shown.page,
    )


def read_filter(service: Service, query: Query) -> TaxFilter:
    """Months and the other filters; without months the last twelve."""
    last = query.pattern("to", _MONTH, "2026-03") or f"{service.today():%Y-%m}"
    first = query.pattern("from", _MONTH, "2026-03") or f"{add_months(date.fromisoformat(f'{last}-01'), -11):%Y-%m}"
    if first > last:
        raise BadFilter(f"The period ends ({last}) before it begins ({first}); exchange the two.")
    known = service.kept.once("tax", reads.choices)
    return TaxFilter(
        first=first,
        last=last,
        account=query.choice("account", known["account"]),
        country=query.pattern("country", rf"[A-Z]{{2}}|{_NONE}", "DE"),
        state=query.text("state"),
        kind=query.choice("kind", known["kind"]),
        percent=query.pattern("percent", rf"\d{{1,3}}(\.\d{{1,6}})?|{_NONE}", "19"),
        currency=query.currency(),
        source=query.choice("source", SOURCES),
        is_reverse_charge={"yes": True, "no": False}.get(query.choice("reverse_charge", ("yes", "no")) or ""),
    )


def _period(asked: TaxFilter) -> Period:
    return Period(month_period(asked.first).since, month_period(asked.last).until)


def _in_words(asked: TaxFilter) -> str:
    chosen = {name: value for name, value in asdict(asked).items() if value and name not in ("first", "last")}
    rest = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in chosen.items())
    return f"{asked.first} to {asked.last}" + (f": {rest}" if rest else "")


def _fields(asked: TaxFilter, known: dict[str, list[str]]) -> list[Field]:
    return [
        text_field("from", "From month", asked.first),
        text_field("to", "To month", asked.last),
        select("country", "Country", asked.country, known["country"]),
        select("kind", "Kind", asked.kind, known["kind"]),
        select("percent", "Rate %", asked.percent, known["percent"]),
        select("currency", "Currency", asked.currency, known["currency"]),
        select("account", "Account", asked.account, known["account"]),
        select("source", "Source", asked.source, SOURCES),
    ]


def _rows_link(row: Row) -> str:
    """The lines behind a row, and no others: what is missing is asked for as missing."""
    chosen = {name: row[name] or NONE_GIVEN for name in ("country", "state", "percent")}
    same = {name: row[name] for name in ("kind", "currency", "account", "source")}
    reverse = {"reverse_charge": "yes" if row["is_reverse_charge"] else "no"}
    return with_query("/tax/lines", {"from": row["period"], "to": row["period"], **chosen, **same, **reverse})


def _table(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("period", "Month"),
        Column("country", "Country"),
        Column("state", "State or region"),
        Column("kind", "Kind", "state"),
        Column("percent", "Rate", "percent"),
        Column("is_reverse_charge", "Reverse charge", "flag"),
        Column("documents", "Documents", "count", link=_rows_link),
        Column("taxable_minor", "Taxable", "money"),
        Column("tax_minor", "Tax", "money", link=_rows_link),
        Column("source", "From"),
        Column("account", "Account"),
    )
    return Table("tax-summary", columns, rows, "No tax in these months under these filters.", is_cut)


def _lines_table(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("counted_at", "At", "time"),
        Column("number", "Number", link=lambda row: f"/documents/{row['pdf_of']}.pdf" if row["pdf_of"] else None),
        Column("document", "Document", "code"),
        Column("customer", "Customer"),
        Column("country", "Country"),
        Column("state", "State or region"),
        Column("kind", "Kind"),
        Column("percent", "Rate", "percent"),
        Column("taxable_minor", "Taxable", "money"),
        Column("tax_minor", "Tax", "money"),
        Column("source", "From"),
        Column("account", "Account"),
    )
    return Table("tax-lines", columns, rows, "No tax lines under these filters.", is_cut)
