"""Payouts beside the lines of the bank: what belongs together, what does not, and probably why."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.addresses import with_query
from dashboards.downloads import download
from dashboards.filters import Query
from dashboards.listing import date_field, select, window
from dashboards.roles import Finance
from dashboards.service import service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import bank as reads

router = APIRouter()
SIDES = ("bank line", "payout")
RESULTS = ("open", "matched")


@router.get("/reconciliation/bank")
def bank(request: Request, visitor: Finance) -> Response:
    """Every bank line and payout with what it belongs to, or probably why not; what is open comes first."""
    service = service_of(request)
    query = Query(request)
    since, until = query.optional_period()
    known = service.kept.once("bank", reads.choices)
    asked = reads.BankFilter(
        since,
        until,
        query.choice("bank_account", known["bank_account"]),
        query.choice("account", known["account"]),
        query.currency(),
        query.choice("side", SIDES),
        query.choice("result", RESULTS),
        query.choice("cause", known["cause"]),
    )
    shown = window(query)
    query.done()
    rows = reads.rows(service.published, asked, service.today(), limit=shown.limit, offset=shown.offset)
    if shown.is_file:
        return download(_table(rows, False), shown.kind)
    cut, has_more = shown.cut(rows)
    fields = [
        date_field("from", "From", since),
        date_field("to", "To", until),
        select("result", "Result", asked.result, RESULTS),
        select("cause", "Cause", asked.cause, known["cause"]),
        select("side", "Side", asked.side, SIDES),
        select("bank_account", "Bank account", asked.bank_account, known["bank_account"]),
        select("account", "Account", asked.account, known["account"]),
        select("currency", "Currency", asked.currency, known["currency"]),
    ]
    return service.pages.html(
        request,
        visitor,
        "bank.html",
        table=_table(list(cut), has_more),
        results=reads.results(service.published, asked),
        fields=fields,
        page=shown.page,
        is_set_up=bool(service.settings.bank_accounts),
    )


@router.get("/reconciliation/bank/line")
def bank_line(request: Request, visitor: Finance) -> Response:
    """One line of a bank, its statement, and the payouts that it was matched with."""
    service = service_of(request)
    query = Query(request)
    bank_account, line_id = query.text("bank_account") or "", query.text("id") or ""
    shown = window(query)
    query.done()
    found = reads.find_line(service.published, bank_account, line_id)
    if found is None:
        raise HTTPException(404)
    rows = reads.payouts_of_line(service.published, bank_account, line_id)
    table = _payouts_table(rows)
    if shown.is_file:
        return download(table, shown.kind)
    return service.pages.html(request, visitor, "bank_line.html", line=found, table=table)


def line_address(bank_account: str, line_id: str) -> str:
    """The page of a line of a bank."""
    return with_query("/reconciliation/bank/line", {"bank_account": bank_account, "id": line_id})


def payout_address(account: str, payout_id: str) -> str:
    """The page of a payout."""
    return f"/reconciliation/{account}/{quote(payout_id, safe='')}"


def _object_link(row: Row) -> str:
    if row["side"] == "payout":
        return payout_address(row["account"], row["object_id"])
    return line_address(row["bank_account"], row["object_id"])


def _table(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("on_day", "On", "day"),
        Column("side", "Side"),
        Column("object_id", "Object", "code", link=_object_link),
        Column("amount_minor", "Amount", "money"),
        Column("result", "Result", "state"),
        Column("cause", "Probable cause"),
        Column("probable_cause", "In words", "sentence"),
        Column("difference_minor", "Difference", "money"),
        Column("others", "Other side", "code"),
        Column("rule", "Matched by"),
        Column("age_days", "Age, days", "count"),
        Column("text", "Text", "sentence"),
        Column("bank_account", "Bank account"),
        Column("account", "Account"),
    )
    return Table("bank", columns, rows, "No bank line and no payout under these filters.", is_cut)


def _payouts_table(rows: list[Row]) -> Table:
    columns = (
        Column("payout_id", "Payout", "code", link=lambda row: payout_address(row["account"], row["payout_id"])),
        Column("arrival_on", "Arrives on", "day"),
        Column("amount_minor", "Paid out", "money"),
        Column("rule", "Matched by"),
        Column("account", "Account"),
    )
    return Table("payouts-of-line", columns, rows, "This line was matched with no payout.")
