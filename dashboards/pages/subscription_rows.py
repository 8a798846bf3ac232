"""The rows behind the figures of the page of subscriptions."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.addresses import with_query
from dashboards.downloads import download
from dashboards.filters import Period, Query, add_months
from dashboards.listing import Window, window
from dashboards.pages.subscriptions import read_filter
from dashboards.roles import Finance, Visitor
from dashboards.service import service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import recurring as reads
from warehouse.reads import subscribing

router = APIRouter()
RESULTS = ("recovered", "open", "given up")


@router.get("/subscriptions/rows")
def movements(request: Request, visitor: Finance) -> Response:
    """The movements of a kind, in the months of the filter."""
    service, query = service_of(request), Query(request)
    asked, _ = read_filter(service, query)
    kind, shown = query.choice("kind", reads.KINDS), window(query)
    query.done()
    found = reads.rows_of(service.published, asked, kind, limit=shown.limit, offset=shown.offset)
    columns = (
        Column("on_month", "Month", "day"),
        Column("kind", "Movement", "state"),
        Column("mrr_minor", "MRR", "money"),
        Column("annual_minor", "In a year", "money"),
        Column("plan", "Plan"),
        Column("email", "E-mail", link=_person_link),
        Column("subscription_id", "Subscription", "code", link=_person_link),
        Column("country", "Country"),
        Column("account", "Account"),
    )
    title = f"{(kind or 'all movements').capitalize()}, {asked.since:%Y-%m} to {asked.until:%Y-%m}"
    lead = "What each subscription's monthly recurring revenue changed by, in the month at whose end it was so."
    sums = reads.sums_of(service.published, asked, kind)
    return _answer(request, visitor, Table("mrr-movements", columns, found), shown, title, lead, sums)


@router.get("/subscriptions/trials")
def trials(request: Request, visitor: Finance) -> Response:
    """Trials that began in the months of the filter."""
    service, query = service_of(request), Query(request)
    asked, _ = read_filter(service, query)
    result, shown = query.choice("result", subscribing.TRIAL_RESULTS), window(query)
    query.done()
    bounds = Period(asked.since, add_months(asked.until, 1) - timedelta(days=1)).bounds(service.settings.zone)
    limit = shown.limit + shown.offset
    rows = subscribing.trial_rows(service.published, asked, bounds, service.clock(), result, limit=limit)
    rows = rows[shown.offset :]
    columns = (
        Column("created_at", "Began", "time"),
        Column("trial_end_at", "Ends", "time"),
        Column("result", "What came of it", "state"),
        Column("plan", "Plan"),
        Column("amount_minor", "Price", "money"),
        Column("subscription_id", "Subscription", "code", link=_person_link),
        Column("account", "Account"),
    )
    title = f"Trials, {asked.since:%Y-%m} to {asked.until:%Y-%m}"
    return _answer(
        request, visitor, Table("trials", columns, rows), shown, title, "By the day on which they began.", []
    )


@router.get("/subscriptions/failed-payments")
def failed_payments(request: Request, visitor: Finance) -> Response:
    """Invoices whose payment failed at first in the months of the filter."""
    service, query = service_of(request), Query(request)
    asked, _ = read_filter(service, query)
    result, shown = query.choice("result", RESULTS), window(query)
    query.done()
    days = (asked.since, add_months(asked.until, 1) - timedelta(days=1))
    limit = shown.limit + shown.offset
    rows = subscribing.failed_rows(service.published, asked, days, result, limit=limit)[shown.offset :]
    columns = (
        Column("first_failed_at", "Failed at", "time"),
        Column("result", "What came of it", "state"),
        Column("amount_minor", "Amount", "money"),
        Column("attempts", "Failed attempts", "count"),
        Column("failure_message", "Reason", "sentence"),
        Column("recovered_at", "Paid at", "time"),
        Column("number", "Invoice"),
        Column("customer_email", "E-mail", link=_person_link),
        Column("charge_id", "Last failed charge", "code", link=_person_link),
        Column("account", "Account"),
    )
    title = f"Failed payments, {asked.since:%Y-%m} to {asked.until:%Y-%m}"
    lead = "Invoices with at least one failed payment, by the day of the first."
    return _answer(request, visitor, Table("failed-payments", columns, rows), shown, title, lead, [])


def _person_link(row: Row) -> str | None:
    return f"/customers/{row['person_id']}" if row.get("person_id") else None


def _answer(
    request: Request, visitor: Visitor, table: Table, shown: Window, title: str, lead: str, sums: list[Row]
) -> Response:
    if shown.is_file:
        return download(table, shown.kind)
    cut, has_more = shown.cut(table.rows)
    back = with_query("/subscriptions", dict(request.query_params), kind=None, result=None, page=None)
    whole = Table(table.name, table.columns, list(cut), "No rows under these filters.", has_more)
    return service_of(request).pages.html(
        request, visitor, "rows.html", title=title, lead=lead, back=back, table=whole, totals=sums, page=shown.page
    )
