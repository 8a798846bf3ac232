"""Disputes: those that need an answer with their deadline, how the others ended, and why they were opened."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.addresses import with_query
from dashboards.downloads import download
from dashboards.filters import Query, instants
from dashboards.listing import Field, date_field, select, window
from dashboards.recurring_tables import percent
from dashboards.roles import Finance
from dashboards.service import Service, service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import dispute_list as reads
from warehouse.reads.dispute_list import STATES, DisputeFilter

router = APIRouter()
TABLES = ("state", "reason", "disputes")
Days = tuple[date | None, date | None]


@router.get("/disputes")
def disputes(request: Request, visitor: Finance) -> Response:
    """The page, or one of its tables as a file."""
    service, query = service_of(request), Query(request)
    asked, days = _filter(service, query)
    shown, chosen = window(query), query.choice("table", TABLES) or "disputes"
    query.done()
    base = {name: value for name, value in request.query_params.items() if name not in ("table", "format", "page")}
    rows = reads.list_disputes(service.published, asked, limit=shown.limit, offset=shown.offset)
    summaries = {
        "state": _by_state(reads.by_state(service.published, asked), base),
        "reason": _by_reason(reads.by_reason(service.published, asked), base),
    }
    if shown.is_file:
        return download(summaries.get(chosen) or _list(rows, False), shown.kind)
    cut, has_more = shown.cut(rows)
    table, fields = _list(list(cut), has_more), _fields(service, asked, days)
    return service.pages.html(
        request, visitor, "disputes.html", fields=fields, summaries=summaries, table=table, page=shown.page
    )


def _filter(service: Service, query: Query) -> tuple[DisputeFilter, Days]:
    days = query.optional_period()
    since, until = instants(*days, service.settings.zone)
    known = service.kept.once("disputes", reads.choices)
    asked = DisputeFilter(
        since,
        until,
        query.choice("state", STATES),
        query.choice("reason", known["reason"]),
        query.choice("gateway", known["gateway"]),
        query.choice("account", known["account"]),
        query.currency(),
        query.country(),
    )
    return asked, days


def _fields(service: Service, asked: DisputeFilter, days: Days) -> list[Field]:
    known = service.kept.once("disputes", reads.choices)
    return [
        date_field("from", "Opened from", days[0]),
        date_field("to", "Opened to", days[1]),
        select("state", "State", asked.state, STATES),
        select("reason", "Reason", asked.reason, known["reason"]),
        select("currency", "Currency", asked.currency, known["currency"]),
        select("gateway", "Gateway", asked.gateway, known["gateway"]),
        select("account", "Account", asked.account, known["account"]),
        select("country", "Country", asked.country, known["country"]),
    ]


def _by_state(rows: list[Row], base: dict[str, str]) -> Table:
    def link(row: Row) -> str:
        return with_query("/disputes", base, state=row["state"], currency=row["currency"])

    columns = (
        Column("state", "State", "state"),
        Column("disputes", "Disputes", "count", link=link),
        Column("amount_minor", "Amount", "money", link=link),
        Column("due_at", "First deadline", "time"),
    )
    return Table("disputes-by-state", columns, rows, "No dispute under these filters.")


def _by_reason(rows: list[Row], base: dict[str, str]) -> Table:
    """The win rate is that of disputes that are over."""

    def link(**changes: str) -> str:
        return with_query("/disputes", base, **changes)

    def of(row: Row, **changes: str) -> str:
        return link(reason=row["reason"], currency=row["currency"], **changes)

    shown = [{**row, "win_rate": percent(row["won"], row["won"] + row["lost"])} for row in rows]
    columns = (
        Column("reason", "Reason", "state"),
        Column("disputes", "Disputes", "count", link=of),
        Column("amount_minor", "Amount", "money", link=of),
        Column("won", "Won", "count", link=lambda row: of(row, state="won")),
        Column("won_minor", "Won", "money", link=lambda row: of(row, state="won")),
        Column("lost", "Lost", "count", link=lambda row: of(row, state="lost")),
        Column("lost_minor", "Lost", "money", link=lambda row: of(row, state="lost")),
        Column("win_rate", "Won of those over", "percent"),
    )
    return Table("disputes-by-reason", columns, shown, "No dispute under these filters.")


def _person(row: Row) -> str | None:
    return f"/customers/{row['person_id']}#{row['charge_id']}" if row["person_id"] else None


def _evidence(row: Row) -> str:
    """The pack for the gateway, as PDF."""
    return with_query("/disputes/evidence.pdf", {}, account=row["account"], id=row["dispute_id"])


def _list(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("evidence_due_at", "Answer until", "time"),
        Column("state", "State", "state"),
        Column("amount_minor", "Amount", "money"),
        Column("reason", "Reason", "state"),
        Column("created_at", "Opened at", "time"),
        Column("email", "E-mail", link=_person),
        Column("charge_id", "Charge", "code", link=_person),
        Column("product", "Product"),
        Column("country", "Country"),
        Column("account", "Account"),
        Column("dispute_id", "Dispute", "code", link=_evidence),
    )
    return Table("disputes", columns, rows, "No dispute under these filters.", is_cut)
