"""Revenue: figures per currency beside the period before, the chart by month, and where it came from."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from connectors.money import Money
from dashboards.addresses import with_query
from dashboards.downloads import download
from dashboards.figures import change, share
from dashboards.filters import BadFilter, Period, Query, add_months, month_period
from dashboards.listing import Field, date_field, select
from dashboards.roles import Finance
from dashboards.service import Service, service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import revenue as reads
from warehouse.reads.revenue import RevenueFilter

router = APIRouter()
TABLES = ("currencies", "month", "country", "product", "account")
LABELS = {"gross": "Gross", "refunds": "Refunds", "disputes": "Disputes", "fees": "Fees", "net": "Net"}


@router.get("/")
def revenue(request: Request, visitor: Finance) -> Response:
    """The page, or one of its tables as a file."""
    service = service_of(request)
    query = Query(request)
    asked, period = read_filter(service, query)
    kind, chosen = query.format(), query.choice("table", TABLES)
    query.done()
    totals = reads.totals(service.published, asked.within(period.since, period.until))
    focus = asked.currency or (totals[0]["currency"] if totals else None)
    base = dict(request.query_params)
    if kind != "html":
        return download(_table(service, chosen or "currencies", asked, totals, base), kind)
    before = {row["currency"]: row for row in _before(service, asked, period)}
    focused = RevenueFilter(**{**_fields(asked), "currency": focus})
    context: dict[str, Any] = {
        "totals": totals,
        "before": before,
        "before_period": period.before(),
        "period": period,
        "focus": focus,
        "figures": _figures(totals, before, focus, base),
        "fields": _filter_fields(service, asked, period),
        "shortcuts": shortcuts(service),
        "tables": _tables(service, focused, totals, base) if focus else [],
    }
    return service.pages.html(request, visitor, "revenue.html", **context)


def read_filter(service: Service, query: Query) -> tuple[RevenueFilter, Period]:
    """The filters that the page, its chart and its rows share."""
    period = query.period(service.today())
    if period.days > 366 * 30:
        raise BadFilter("The period is longer than thirty years; choose a shorter one.")
    known = service.kept.once("revenue", reads.choices)
    asked = RevenueFilter(
        period.since,
        period.until,
        query.choice("gateway", known["gateway"]),
        query.choice("account", known["account"]),
        query.currency(),
        query.choice("country", known["country"]),
        query.choice("product", known["product"]),
    )
    return asked, period


def _fields(asked: RevenueFilter) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in RevenueFilter.__slots__}


def _before(service: Service, asked: RevenueFilter, period: Period) -> list[Row]:
    earlier = period.before()
    return reads.totals(service.published, asked.within(earlier.since, earlier.until))


def _figures(
    totals: list[Row], before: dict[str, Row], focus: str | None, query: dict[str, str]
) -> list[dict[str, object]]:
    """The five figures of the focused currency, each with its change and the way to its rows."""
    now = next((row for row in totals if row["currency"] == focus), None)
    if now is None or focus is None:
        return []
    earlier = before.get(focus)
    return [
        {
            "label": LABELS[name],
            "money": Money(now[f"{name}_minor"], focus),
            "before": Money(earlier[f"{name}_minor"], focus) if earlier else None,
            "change": change(now[f"{name}_minor"], earlier[f"{name}_minor"] if earlier else None),
            "share": None if name == "gross" else share(now[f"{name}_minor"], now["gross_minor"]),
            "href": rows_address(query, figure=name, currency=focus),
        }
        for name in reads.FIGURES
    ]


def rows_address(query: dict[str, str], **changes: str | None) -> str:
    """The rows behind a figure, under the filters of the page."""
    return with_query("/revenue/rows", query, table=None, format=None, page=None, **changes)


def _tables(service: Service, asked: RevenueFilter, totals: list[Row], query: dict[str, str]) -> list[Table]:
    """The tables of the page; one account alone is not worth a table."""
    found = [_table(service, name, asked, totals, query) for name in TABLES]
    return [table for table in found if table.name != "revenue-by-account" or len(table.rows) > 1]


def _table(service: Service, name: str, asked: RevenueFilter, totals: list[Row], query: dict[str, str]) -> Table:
    if name == "currencies":
        return Table("revenue-by-currency", _columns("currency", "Currency", "currency", query), totals, "No revenue.")
    rows = reads.grouped(service.published, asked, name)  # type: ignore[arg-type]  # one of TABLES
    return Table(f"revenue-by-{name}", _columns("name", name.capitalize(), name, query), rows, "No revenue.")


def _columns(key: str, label: str, group: str, query: dict[str, str]) -> tuple[Column, ...]:
    def link(figure: str) -> Any:
        return lambda row: rows_address(query, figure=figure, currency=row["currency"], **_group(group, row))

    figures = tuple(Column(f"{name}_minor", LABELS[name], "money", link=link(name)) for name in reads.FIGURES)
    return (Column(key, label), Column("charges", "Charges", "count"), *figures)


def _group(group: str, row: Row) -> dict[str, str | None]:
    if group == "currency":
        return {}
    if group != "month":
        return {group: row["name"]}
    month = month_period(row["name"])
    return {"from_": str(month.since), "to": str(month.until)}


def shortcuts(service: Service) -> list[tuple[str, str, str]]:
    """Label, first and last day of the usual periods."""
    today = service.today()
    last = Period(add_months(today, 0), today).before()
    return [
        ("This month", str(add_months(today, 0)), str(today)),
        ("Last month", str(add_months(today, -1)), str(last.until)),
        ("This year", str(today.replace(month=1, day=1)), str(today)),
        ("12 months", str(add_months(today, -11)), str(today)),
    ]


def _filter_fields(service: Service, asked: RevenueFilter, period: Period) -> list[Field]:
    known = service.kept.once("revenue", reads.choices)
    return [
        date_field("from", "From", period.since),
        date_field("to", "To", period.until),
        select("currency", "Currency", asked.currency, known["currency"]),
        select("gateway", "Gateway", asked.gateway, known["gateway"]),
        select("account", "Account", asked.account, known["account"]),
        select("country", "Country", asked.country, known["country"]),
        select("product", "Product", asked.product, known["product"]),
    ]
