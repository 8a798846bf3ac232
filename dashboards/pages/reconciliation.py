"""Payouts beside their lines: what agrees, what does not, and probably why."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.downloads import download
from dashboards.filters import EXPORT_ROWS, Query
from dashboards.listing import date_field, select, window
from dashboards.pages.bank import line_address, payout_address
from dashboards.roles import Finance
from dashboards.service import service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import bank
from warehouse.reads import payouts as reads

router = APIRouter()
RESULTS = ("matched", "missing lines", "difference", "no lines")


@router.get("/reconciliation")
def reconciliation(request: Request, visitor: Finance) -> Response:
    """Every payout with its result; those that do not agree come first."""
    service = service_of(request)
    query = Query(request)
    since, until = query.optional_period()
    known = service.kept.once("reconciliation", reads.choices)
    asked = reads.PayoutFilter(
        since, until, query.choice("account", known["account"]), query.currency(), query.choice("result", RESULTS)
    )
    shown = window(query)
    query.done()
    rows = reads.reconciliation(service.published, asked, limit=shown.limit, offset=shown.offset)
    if shown.is_file:
        return download(_table(rows, False), shown.kind)
    cut, has_more = shown.cut(rows)
    fields = [
        date_field("from", "Arrives from", since),
        date_field("to", "Arrives to", until),
        select("result", "Result", asked.result, RESULTS),
        select("account", "Account", asked.account, known["account"]),
        select("currency", "Currency", asked.currency, known["currency"]),
    ]
    return service.pages.html(
        request,
        visitor,
        "reconciliation.html",
        table=_table(list(cut), has_more),
        results=reads.results(service.published, asked),
        fields=fields,
        page=shown.page,
    )


@router.get("/reconciliation/{gateway}/{label}/{payout_id:path}")
def payout(request: Request, visitor: Finance, gateway: str, label: str, payout_id: str) -> Response:
    """One payout and its lines."""
    service = service_of(request)
    query = Query(request)
    shown = window(query)
    query.done()
    account = f"{gateway}/{label}"
    found = reads.find_payout(service.published, account, payout_id)
    if found is None:
        raise HTTPException(404)
    rows = reads.lines(service.published, account, payout_id, limit=EXPORT_ROWS)
    if shown.is_file:
        return download(_lines_table(rows, False), shown.kind)
    cut, has_more = shown.cut(rows[shown.offset :])
    at_bank = bank.of_payout(service.published, account, payout_id)
    is_matched = at_bank is not None and at_bank["result"] == "matched"
    names = at_bank["others"].split(", ") if at_bank is not None and is_matched else []
    return service.pages.html(
        request,
        visitor,
        "payout.html",
        payout=found,
        at_bank=at_bank,
        bank_lines=[(line_address(at_bank["bank_account"], name), name) for name in names] if at_bank else [],
        table=_lines_table(list(cut), has_more),
        page=shown.page,
    )


def _payout_link(row: Row) -> str:
    return payout_address(row["account"], row["payout_id"])


def _table(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("payout_id", "Payout", "code", link=_payout_link),
        Column("arrival_on", "Arrives on", "day"),
        Column("result", "Result", "state"),
        Column("amount_minor", "Paid out", "money"),
        Column("lines", "Lines", "count"),
        Column("net_minor", "Sum of lines", "money"),
        Column("difference_minor", "Difference", "money"),
        Column("probable_cause", "Probable cause", "sentence"),
        Column("account", "Account"),
    )
    return Table("reconciliation", columns, rows, "No payout under these filters.", is_cut)


def _lines_table(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("created_at", "At", "time"),
        Column("type", "Type", "state"),
        Column("source_id", "Of", "code"),
        Column("gross_minor", "Gross", "money"),
        Column("fee_minor", "Fee", "money"),
        Column("net_minor", "Net", "money"),
        Column("balance_transaction_id", "Balance transaction", "code"),
    )
    return Table("payout-lines", columns, rows, "This payout has no lines.", is_cut)
