"""One charge explained: a text for the reply, and the facts behind it. Beside a ticket and on the customer's page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.filters import Query
from dashboards.panel.duplicates import likely_duplicates
from dashboards.panel.explaining import sentences
from dashboards.panel.saying import english
from dashboards.roles import CustomerReader
from dashboards.service import service_of
from warehouse.reads.charges import charges_of, find_charge
from warehouse.reads.explained import explained
from warehouse.reads.people import find_person, person_of_charge

router = APIRouter()


@router.get("/explain")
@router.get("/panel/explain")
def explain(request: Request, visitor: CustomerReader) -> Response:
    """The page of one charge."""
    service = service_of(request)
    query = Query(request)
    account, charge_id = query.text("account") or "", query.text("id") or ""
    query.done()
    charge = find_charge(service.published, account, charge_id)
    if charge is None:
        raise HTTPException(404)
    person_id = person_of_charge(service.published, account, charge_id)
    duplicates = likely_duplicates(charges_of(service.published, person_id)) if person_id else {}
    return service.pages.html(
        request,
        visitor,
        "explain.html",
        charge=charge,
        person=find_person(service.published, person_id) if person_id else None,
        text="\n".join(sentences(explained(service.published, charge), english(service.settings.zone))),
        duplicate=duplicates.get((account, charge_id)),
    )
