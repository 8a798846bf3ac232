"""The balance at each gateway, day by day: opening + movements = closing."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.addresses import with_query
from dashboards.downloads import download
from dashboards.filters import Period, Query
from dashboards.listing import date_field, select, window
from dashboards.roles import Finance
from dashboards.service import service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import balances as reads

router = APIRouter()


@router.get("/reconciliation/balance")
def balance(request: Request, visitor: Finance) -> Response:
    """Opening, movements and closing of each account and currency, day by day."""
    service = service_of(request)
    query = Query(request)
    since, until = query.optional_period()
    known = service.kept.once("balances", reads.choices)
    account = query.choice("account", known["account"])
    asked = reads.BalanceFilter(since, until, account=account, currency=query.currency())
    shown = window(query)
    query.done()
    rows = reads.days(service.published, asked, limit=shown.limit, offset=shown.offset)
    if shown.is_file:
        return download(_balance_table(rows, False), shown.kind)
    cut, has_more = shown.cut(rows)
    fields = [
        date_field("from", "From", since),
        date_field("to", "To", until),
        select("account", "Account", account, known["account"]),
        select("currency", "Currency", asked.currency, known["currency"]),
    ]
    return service.pages.html(
        request,
        visitor,
        "balance.html",
        table=_balance_table(list(cut), has_more),
        fields=fields,
        page=shown.page,
    )


@router.get("/reconciliation/balance/rows")
def balance_rows(request: Request, visitor: Finance) -> Response:
    """The balance transactions of one account, currency and day."""
    service = service_of(request)
    query = Query(request)
    known = service.kept.once("balances", reads.choices)
    account, currency = query.choice("account", known["account"]), query.currency()
    day = query.day("on") or service.today()
    shown = window(query)
    query.done()
    if account is None or currency is None:
        raise HTTPException(404)
    bounds = Period(day, day).bounds(service.settings.zone)
    rows = reads.movements(service.published, account, currency, bounds, limit=shown.limit, offset=shown.offset)
    if shown.is_file:
        return download(_movements_table(rows, False), shown.kind)
    cut, has_more = shown.cut(rows)
    asked = reads.BalanceFilter(day, day, account=account, currency=currency)
    return service.pages.html(
        request,
        visitor,
        "balance_rows.html",
        account=account,
        currency=currency,
        day=day,
        days=reads.days(service.published, asked),
        table=_movements_table(list(cut), has_more),
        page=shown.page,
    )


def _day_link(row: Row) -> str:
    day = f"{row['on_day']:%Y-%m-%d}"
    return with_query(
        "/reconciliation/balance/rows", {"account": row["account"], "currency": row["currency"], "on": day}
    )


def _balance_table(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("on_day", "Day", "day", link=_day_link),
        Column("account", "Account"),
        Column("opening_minor", "Opening", "money"),
        *(Column(f"{name}_minor", name.capitalize(), "money") for name in reads.PARTS),
        Column("closing_minor", "Closing", "money"),
        Column("movements", "Movements", "count"),
    )
    return Table("balance", columns, rows, "No movement under these filters.", is_cut)


def _movements_table(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("created_at", "At", "time"),
        Column("type", "Type", "state"),
        Column("source_id", "Of", "code"),
        Column("gross_minor", "Gross", "money"),
        Column("fee_minor", "Fee", "money"),
        Column("net_minor", "Net", "money"),
        Column("balance_transaction_id", "Balance transaction", "code"),
    )
    return Table("balance-rows", columns, rows, "Nothing moved on this day.", is_cut)
