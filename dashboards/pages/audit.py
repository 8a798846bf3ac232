"""The audit log: who asked for what, who approved it, what came of it; and whether the chain holds."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from starlette.responses import Response

from connectors.actions import ACTIONS
from dashboards.downloads import download
from dashboards.filters import Query, instants
from dashboards.listing import date_field, select, text_field, window
from dashboards.roles import Auditor
from dashboards.service import service_of
from dashboards.table import Column, Row, Table
from dashboards.titles import details_in_words, full_title
from warehouse.reads import audit as reads

router = APIRouter()


@router.get("/audit")
def audit(request: Request, visitor: Auditor) -> Response:
    """Records newest first, with filters; CSV and XLSX hold all that pass them."""
    service = service_of(request)
    query = Query(request)
    first, last = query.optional_period()
    since, until = instants(first, last, service.settings.zone)
    known = service.kept.once("audit", reads.choices)
    asked = reads.AuditFilter(
        since,
        until,
        query.text("agent"),
        query.text("object_id"),
        query.text("request_id"),
        query.text("ticket"),
        query.choice("kind", known["kind"]),
        query.text("outcome"),
        query.choice("action", ACTIONS),
    )
    shown = window(query)
    query.done()
    rows = reads.entries(service.published, asked, limit=shown.limit, offset=shown.offset)
    if shown.is_file:
        return download(_table(rows, False, is_file=True), shown.kind)
    cut, has_more = shown.cut(rows)
    fields = [
        date_field("from", "From", first),
        date_field("to", "To", last),
        select("kind", "Kind", asked.kind, known["kind"]),
        select("action", "Action", asked.action, {one: full_title(one) for one in ACTIONS}),
        text_field("agent", "Agent", asked.actor),
        text_field("object_id", "Charge or other object", asked.object_id),
        text_field("request_id", "Request", asked.request_id),
        text_field("ticket", "Ticket", asked.ticket),
    ]
    return service.pages.html(
        request,
        visitor,
        "audit.html",
        table=_table(list(cut), has_more),
        fields=fields,
        page=shown.page,
        chain=reads.chain(service.published),
    )


def _in_words(row: Row) -> dict[str, str]:
    """What codes stand for: the action's title, and the details that it was asked for with."""
    details = json.loads(row["details"]) if row["details"] else None
    told = "; ".join(f"{label}: {value}" for label, value in details_in_words(details).items())
    return {"action": full_title(row["action"]) if row["action"] else "", "details": told}


def _run_link(row: Row) -> str | None:
    return f"/actions/{row['flow_run_id']}" if row["flow_run_id"] else None


def _request_link(row: Row) -> str | None:
    return f"/audit?request_id={row['request_id']}" if row["request_id"] else None


def _table(rows: list[Row], is_cut: bool, *, is_file: bool = False) -> Table:
    if not is_file:
        rows = [{**row, **_in_words(row)} for row in rows]
    columns = (
        Column("sequence", "No.", "count"),
        Column("recorded_at", "Recorded at", "time", link=_run_link),
        Column("kind", "Kind", "state"),
        Column("outcome", "Outcome", "state"),
        Column("actor", "By"),
        Column("role", "Role"),
        Column("action", "Action"),
        Column("amount_minor", "Amount", "money"),
        Column("object_kind", "About"),
        Column("object_id", "Object", "code"),
        Column("details", "Details"),
        Column("sentence", "What was said", "sentence"),
        Column("reason_code", "Reason"),
        Column("reason_text", "In words", "sentence"),
        Column("ticket", "Ticket", "code"),
        Column("gateway_reference", "Gateway’s reference", "code"),
        Column("request_id", "Request", "code", link=_request_link),
    )
    in_files = (
        Column("account", "Account"),
        Column("flow_run_id", "Run", "code"),
        Column("source", "Source"),
        Column("hash", "Hash", "code"),
    )
    empty = "No record passes these filters. Records appear here with the next publication."
    return Table("audit-log", columns + in_files if is_file else columns, rows, empty, is_cut)
