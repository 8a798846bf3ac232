"""For engineers: how fresh the data is, what was set aside and why, and what the checks found."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.downloads import download
from dashboards.filters import Query
from dashboards.listing import window
from dashboards.roles import Engineer
from dashboards.service import Service, service_of
from dashboards.table import Column, Row, Table
from warehouse.reads import pipelines as reads

router = APIRouter()
TABLES = ("freshness", "quarantine", "checks")


@router.get("/pipelines")
def pipelines(request: Request, visitor: Engineer) -> Response:
    """Three tables, each of which is a file too."""
    service = service_of(request)
    query = Query(request)
    chosen, shown = query.choice("table", TABLES), window(query)
    query.done()
    if shown.is_file:
        return download(_one(service, chosen or "freshness", shown.limit, 0)[0], shown.kind)
    quarantine, has_more = _one(service, "quarantine", shown.limit, shown.offset)
    return service.pages.html(
        request,
        visitor,
        "pipelines.html",
        freshness=_one(service, "freshness", shown.limit, 0)[0],
        quarantine=quarantine,
        has_more=has_more,
        reasons=reads.quarantine_reasons(service.published),
        checks=reads.check_results(service.published),
        page=shown.page,
        version=service.published.version,
        has_data_docs=(service.paths.data_docs / "index.html").is_file(),
        blocked=_blocked(service),
    )


def _blocked(service: Service) -> str | None:
    """Why the newest build was not published, as the publisher wrote it."""
    path = service.paths.published / "blocked.json"
    return path.read_text(encoding="utf-8")[:4000] if path.is_file() else None


def _one(service: Service, name: str, limit: int, offset: int) -> tuple[Table, bool]:
    if name == "freshness":
        return _freshness(reads.freshness(service.published)), False
    if name == "checks":
        return _checks(reads.check_results(service.published)), False
    rows = reads.quarantine(service.published, limit=limit, offset=offset)
    return _quarantine(rows[: limit - 1]), len(rows) == limit


def _freshness(rows: list[Row]) -> Table:
    columns = (
        Column("account", "Account"),
        Column("resource", "Resource"),
        Column("rows", "Rows", "count"),
        Column("last_seen_at", "Last seen at the gateway", "time"),
    )
    return Table("freshness", columns, rows, "Nothing was loaded yet.")


def _checks(rows: list[Row]) -> Table:
    columns = (
        Column("name", "Check"),
        Column("severity", "Severity", "state"),
        Column("rows", "Rows found", "count"),
        Column("sentence", "What it holds", "sentence"),
        Column("sample", "Sample", "code"),
        Column("checked_at", "Checked at", "time"),
    )
    return Table("checks", columns, rows, "No check ran yet.")


def _quarantine(rows: list[Row]) -> Table:
    columns = (
        Column("seen_at", "Seen at", "time"),
        Column("account", "Account"),
        Column("resource", "Resource"),
        Column("object_id", "Object", "code"),
        Column("reason", "Reason", "sentence"),
        Column("original_text", "Original text", "long"),
        Column("landed_file", "File", "code"),
        Column("line", "Line", "count"),
    )
    return Table("quarantine", columns, rows, "Nothing was set aside.")
