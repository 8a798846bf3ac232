"""The revenue chart: the same specification as SVG for the page, and as JSON for Vega in the browser."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from connectors.money import Money
from dashboards.charts import THEMES, WIDTHS, MonthBar, revenue_chart
from dashboards.filters import BadFilter, Query, month_period
from dashboards.pages.revenue import read_filter, rows_address
from dashboards.roles import Finance
from dashboards.service import service_of
from warehouse.reads import revenue as reads

router = APIRouter()


@router.get("/revenue/chart.svg")
def svg(request: Request, visitor: Finance) -> Response:
    """Drawn here."""
    return _chart(request, "image/svg+xml")


@router.get("/revenue/chart.json")
def specification(request: Request, visitor: Finance) -> Response:
    """To be drawn in the browser."""
    return _chart(request, "application/json")


def _chart(request: Request, media_type: str) -> Response:
    service = service_of(request)
    query = Query(request)
    asked, _ = read_filter(service, query)
    theme = query.choice("theme", THEMES) or "light"
    width = query.choice("width", WIDTHS) or "wide"
    query.done()
    if asked.currency is None:
        raise BadFilter("A chart shows one currency; choose one.")
    base = {name: value for name, value in request.query_params.items() if name not in ("theme", "width")}

    def make() -> dict[str, Any]:
        rows = reads.grouped(service.published, asked, "month")
        return revenue_chart([_bar(row, base) for row in rows], theme, width)  # type: ignore[arg-type]

    key = (service.published.version, asked, theme, width)
    draw = service.charts.svg if media_type == "image/svg+xml" else service.charts.json
    return Response(draw(key, make), media_type=media_type, headers={"Cache-Control": "private, max-age=60"})


def _bar(row: dict[str, Any], base: dict[str, str]) -> MonthBar:
    month = month_period(row["name"])
    href = rows_address(base, figure="gross", from_=str(month.since), to=str(month.until))
    currency = row["currency"]
    return MonthBar(row["name"], Money(row["gross_minor"], currency), Money(row["net_minor"], currency), href)
