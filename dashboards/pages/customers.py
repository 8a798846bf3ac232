"""Finding people, by whatever the agent has in hand."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from dashboards.downloads import download
from dashboards.filters import Query
from dashboards.roles import CustomerReader
from dashboards.service import service_of
from dashboards.table import Column, Table
from warehouse.reads import people

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
    if words and len(found) == 1 and words.lower().startswith(("ch_", "py_")):
        return RedirectResponse(f"/customers/{found[0].person_id}#{words}", 303)
    return service.pages.html(
        request, visitor, "customers.html", words=words or "", found=found[:SHOWN], is_cut=len(found) > SHOWN
    )


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
