"""Finding people, by whatever the agent has in hand."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from dashboards.downloads import download
from dashboards.filters import Query
from dashboards.pages.customer import CHARGES_SHOWN
from dashboards.roles import CustomerReader
from dashboards.service import Service, service_of
from dashboards.table import Column, Table
from warehouse.reads import charges, people

router = APIRouter()
SHOWN = 50


@router.get("/customers")
def customers(request: Request, visitor: CustomerReader) -> Response:
    """The search, and what it found; a charge's id leads straight to its person."""
    service = service_of(request)
    query = Query(request)
    words, kind = query.text("q"), query.format()
    query.done()
    limit = SHOWN + 1 if kind == "html" else 10_000
    found = people.search(service.published, words or "", limit=limit)
    if kind != "html":
        return download(_table(found), kind)
    straight = _charge_of(service, found[0].person_id, words) if words and len(found) == 1 else None
    if straight is not None:
        return RedirectResponse(straight, 303)
    return service.pages.html(
        request, visitor, "customers.html", words=words or "", found=found[:SHOWN], is_cut=len(found) > SHOWN
    )


def _charge_of(service: Service, person_id: str, charge_id: str) -> str | None:
    """Where the page of a person shows a charge: only the newest ones stand on it unless all are asked for."""
    newer = charges.newer_than(service.published, person_id, charge_id)
    if newer is None:
        return None
    query = "" if newer < CHARGES_SHOWN else "?charges=all"
    return f"/customers/{person_id}{query}#{quote(charge_id)}"


def _table(found: list[people.Person]) -> Table:
    columns = (
        Column("person_id", "Person"),
        Column("name", "Name"),
        Column("email", "E-mail"),
        Column("country", "Country"),
        Column("charges", "Charges", "count"),
        Column("gross", "Gross"),
        Column("first_seen_at", "First seen", "time"),
        Column("last_seen_at", "Last seen", "time"),
    )
    rows = [
        {
            "person_id": person.person_id,
            "name": person.name,
            "email": person.email,
            "country": person.country,
            "charges": person.charges,
            "gross": "; ".join(str(money) for money in person.gross),
            "first_seen_at": person.first_seen_at,
            "last_seen_at": person.last_seen_at,
        }
        for person in found
    ]
    return Table("customers", columns, rows)
