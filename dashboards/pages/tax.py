"""Tax per period, country and rate, and the documents and invoice lines behind each row."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.downloads import download
from dashboards.filters import EXPORT_ROWS, BadFilter, Period, Query, add_months, month_period
from dashboards.listing import Field, select, text_field, window
from dashboards.render import with_query
from dashboards.roles import Finance
from dashboards.service import service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import tax as reads
from warehouse.reads.tax import TaxFilter

router = APIRouter()
_MONTH = r"(19[7-9]\d|2[01]\d\d)-(0[1-9]|1[0-2])"
SOURCES = ("gateway", "document")


@router.get("/tax")
def tax(request: Request, visitor: Finance) -> Response:
    """The summary."""
    service = service_of(request)
    query = Query(request)
    asked = read_filter(query, service.today())
    kind = query.format()
    query.done()
    rows = reads.summary(service.published, asked)
    table = _table(rows)
    if kind != "html":
        return download(table, kind)
    return service.pages.html(
        request,
        visitor,
        "tax.html",
        table=table,
        totals=reads.totals(service.published, asked),
        asked=asked,
        fields=_fields(asked, reads.choices(service.published)),
    )


@router.get("/tax/lines")
def tax_lines(request: Request, visitor: Finance) -> Response:
    """The gateway's tax lines behind a row of the summary."""
    service = service_of(request)
    query = Query(request)
    asked = read_filter(query, service.today())
    shown = window(query)
    query.done()
    since, until = _period(asked).bounds(service.settings.zone)
    rows = reads.gateway_lines(service.published, asked, since, until, limit=EXPORT_ROWS)
    if shown.is_file:
        return download(_lines_table(rows, False), shown.kind)
    cut, has_more = shown.cut(rows[shown.offset :])
    return service.pages.html(
        request,
        visitor,
        "rows.html",
        title="Tax lines",
        lead=_in_words(asked),
        back=with_query("/tax", dict(request.query_params), page=None),
        table=_lines_table(list(cut), has_more),
        totals=_sums(rows),
        page=shown.page,
    )


def read_filter(query: Query, today: date) -> TaxFilter:
    """Months and the other filters; without months the last twelve."""
    last = query.pattern("to", _MONTH, "2026-03") or f"{today:%Y-%m}"
    first = query.pattern("from", _MONTH, "2026-03") or f"{add_months(date.fromisoformat(f'{last}-01'), -11):%Y-%m}"
    if first > last:
        raise BadFilter(f"The period ends ({last}) before it begins ({first}); exchange the two.")
    return TaxFilter(
        first,
        last,
        query.text("account"),
        query.country(),
        query.text("kind"),
        query.pattern("percent", r"\d{1,3}(\.\d{1,6})?", "19"),
        query.currency(),
        query.choice("source", SOURCES),
    )


def _period(asked: TaxFilter) -> Period:
    return Period(month_period(asked.first).since, month_period(asked.last).until)


def _in_words(asked: TaxFilter) -> str:
    chosen = {name: value for name, value in asdict(asked).items() if value and name not in ("first", "last", "source")}
    rest = ", ".join(f"{name} {value}" for name, value in chosen.items())
    return f"{asked.first} to {asked.last}" + (f": {rest}" if rest else "")


def _sums(rows: list[Row]) -> list[Row]:
    currencies = sorted({row["currency"] for row in rows})
    return [
        {
            "currency": currency,
            "rows": sum(row["currency"] == currency for row in rows),
            "amount_minor": sum(row["tax_minor"] for row in rows if row["currency"] == currency),
        }
        for currency in currencies
    ]


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
    """Documents of ours are listed among the documents; the gateway's own figures come from its tax lines."""
    month = month_period(row["period"])
    if row["source"] == "document":
        chosen = {
            "from": str(month.since),
            "to": str(month.until),
            "country": row["country"],
            "currency": row["currency"],
        }
        return with_query("/documents", chosen)
    names = ("country", "kind", "percent", "currency", "account")
    return with_query("/tax/lines", {"from": row["period"], "to": row["period"], **{name: row[name] for name in names}})


def _table(rows: list[Row]) -> Table:
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
    return Table("tax-summary", columns, rows, "No tax in these months under these filters.")


def _lines_table(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("charged_at", "At", "time"),
        Column("number", "Invoice"),
        Column("invoice_id", "Gateway’s id", "code"),
        Column("customer_name", "Customer"),
        Column("country", "Country"),
        Column("state", "State or region"),
        Column("kind", "Kind"),
        Column("percent", "Rate", "percent"),
        Column("taxable_minor", "Taxable", "money"),
        Column("tax_minor", "Tax", "money"),
        Column("account", "Account"),
    )
    return Table("tax-lines", columns, rows, "No tax lines under these filters.", is_cut)
