"""One person: charges, subscriptions, open invoices and customer objects with what may be done; the timeline."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.charge_views import charge_views
from dashboards.downloads import download
from dashboards.filters import EXPORT_ROWS, PAGE_ROWS, Query
from dashboards.listing import window
from dashboards.offering import account_notes
from dashboards.panel.duplicates import likely_duplicates
from dashboards.person_views import others_of
from dashboards.roles import SUPPORT, CustomerReader
from dashboards.service import service_of
from dashboards.table import Column, Table
from warehouse.reads import charges, documents, people

router = APIRouter()
KINDS = ("charge", "order", "refund", "dispute", "invoice", "subscription", "credit_note", "document")
CHARGES_SHOWN = 20


@router.get("/customers/{person_id}")
def customer(request: Request, visitor: CustomerReader, person_id: str) -> Response:
    """The page of one person, or the timeline as a file."""
    service = service_of(request)
    query = Query(request)
    kind, shown, is_all = query.choice("kind", KINDS), window(query), query.choice("charges", ("all",)) == "all"
    query.done()
    person = people.find_person(service.published, person_id)
    if person is None:
        raise HTTPException(404)
    events = people.timeline(service.published, person_id, kind=kind, limit=shown.limit, offset=shown.offset)
    if shown.is_file:
        return download(_table(events), shown.kind)
    own = charges.charges_of(service.published, person_id, limit=EXPORT_ROWS if is_all else CHARGES_SHOWN + 1)
    views = charge_views(service, visitor.role, own if is_all else own[:CHARGES_SHOWN])
    accounts = {view.charge.account for view in views} | {key.account for key in person.customers}
    asked = documents.DocumentFilter(person_id=person_id)
    return service.pages.html(
        request,
        visitor,
        "customer.html",
        person=person,
        views=views,
        duplicates=likely_duplicates(own),
        **others_of(service, visitor.role, person, own),
        has_more_charges=len(own) > len(views),
        events=events[:PAGE_ROWS],
        has_more=len(events) > PAGE_ROWS,
        page=shown.page,
        kind=kind,
        kinds=KINDS,
        notes=account_notes(service, visitor.role, accounts),
        may_act=visitor.role in SUPPORT,
        is_live=service.live.is_reachable,
        documents=documents.list_documents(service.published, asked, limit=20),
    )


def _table(events: list[people.Event]) -> Table:
    columns = (
        Column("at", "At", "time"),
        Column("kind", "Kind"),
        Column("title", "What"),
        Column("amount_minor", "Amount", "money"),
        Column("status", "Status"),
        Column("account", "Account"),
        Column("object_id", "Object"),
        Column("charge_id", "Charge"),
    )
    return Table("timeline", columns, [_row(event) for event in events])


def _row(event: people.Event) -> dict[str, Any]:
    money = event.money
    rest = asdict(event)
    return {**rest, "amount_minor": money.minor if money else None, "currency": money.currency if money else None}
