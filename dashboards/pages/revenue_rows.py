"""The rows behind one figure of the revenue page."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.addresses import with_query
from dashboards.downloads import download
from dashboards.filters import Query
from dashboards.listing import window
from dashboards.pages.revenue import LABELS, read_filter
from dashboards.roles import Finance
from dashboards.service import service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import revenue_rows as reads
from warehouse.reads.revenue import FIGURES, Figure

router = APIRouter()
_LEADS = {
    "gross": "Charges that succeeded, by the day on which they were made.",
    "refunds": "Refunds, by the day on which they were made; what failed and came back is negative, on that day.",
    "disputes": "Disputes, by the day on which they were opened; what was won and came back is negative, on that day.",
    "fees": "Fees, in the currency in which the gateway settles them.",
    "net": "Everything that the net is made of.",
}


@router.get("/revenue/rows")
def rows(request: Request, visitor: Finance) -> Response:
    """Charges, refunds, disputes or fees, under the filters of the page."""
    service = service_of(request)
    query = Query(request)
    asked, period = read_filter(service, query)
    figure = cast(Figure, query.choice("figure", FIGURES) or "gross")
    shown = window(query)
    query.done()
    bounds = period.bounds(service.settings.zone)
    found = reads.rows_of(service.published, figure, asked, bounds, limit=shown.limit, offset=shown.offset)
    if shown.is_file:
        return download(_table(figure, found, False), shown.kind)
    cut, has_more = shown.cut(found)
    return service.pages.html(
        request,
        visitor,
        "rows.html",
        title=f"{LABELS[figure]}, {period.since} to {period.until}",
        lead=_LEADS[figure],
        back=with_query("/", dict(request.query_params), figure=None, page=None),
        table=_table(figure, list(cut), has_more),
        totals=reads.sums_of(service.published, figure, asked, bounds),
        page=shown.page,
    )


def _person_link(row: Row) -> str | None:
    return f"/customers/{row['person_id']}#{row['charge_id']}" if row.get("person_id") else None


def _table(figure: str, found: list[Row], is_cut: bool) -> Table:
    kind = (Column("kind", "Kind", "state"),) if figure == "net" else ()
    own_id = () if figure == "gross" else (Column("object_id", "Object", "code"),)
    columns = (
        Column("at", "At", "time"),
        *kind,
        Column("amount_minor", "Amount", "money"),
        *own_id,
        Column("charge_id", "Charge", "code", link=_person_link),
        Column("email", "E-mail"),
        Column("country", "Country"),
        Column("product", "Product"),
        Column("status", "Status", "state"),
        Column("account", "Account"),
    )
    return Table(f"revenue-{figure}", columns, found, "No rows under these filters.", is_cut)
