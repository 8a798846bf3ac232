"""Links to a customer's billing page: for the company's own site by key, and for support."""

from __future__ import annotations

import hmac
from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from counterfoil.customer_links import LIVES, address_of
from dashboards.billing.sessions import BY_STAFF
from dashboards.filters import Query
from dashboards.roles import SUPPORT, Anybody, Visitor
from dashboards.service import Service, service_of
from warehouse.reads.own import people_of_customer
from warehouse.reads.people import find_person

router = APIRouter()


@router.get("/api/customers/{customer_id}/billing-link")
def billing_link(request: Request, visitor: Anybody, customer_id: str) -> JSONResponse:
    """{"url", "expires_at"}. `customer_id`: ours (per_…) or a gateway's; `minutes`: how long it can be opened.

    401 without the key or a session of support; 404 for nobody; 409 where the id is of several persons.
    """
    service = service_of(request)
    made_by = _who(service, request, visitor)
    query = Query(request)
    minutes = int(query.pattern("minutes", r"[1-9]\d{0,4}", "60") or LIVES.total_seconds() // 60)
    query.done()
    found = _persons(service, customer_id)
    if len(found) != 1:
        raise HTTPException(404 if not found else 409, "This id is not of exactly one customer; use our own, per_….")
    now, lives = service.clock(), timedelta(minutes=minutes)
    try:
        token = service.counter.links.token(found[0], made_by=made_by, now=now, lives=lives)
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    url = address_of(service.settings.web.base_url, token)
    return JSONResponse({"url": url, "expires_at": (now + lives).isoformat()})


def _who(service: Service, request: Request, visitor: Visitor) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    # Every key is compared, each in constant time: how long it takes tells nothing.
    fits = [hmac.compare_digest(key.reveal().encode(), given.strip().encode()) for key in service.counter.keys]
    if scheme.lower() == "bearer" and any(fits):
        return "key"
    if visitor.role in SUPPORT:
        return BY_STAFF + visitor.name
    raise HTTPException(401, "Send Authorization: Bearer <COUNTERFOIL_BILLING_KEY>, or sign in as agent or lead.")


def _persons(service: Service, customer_id: str) -> list[str]:
    person = find_person(service.published, customer_id)
    return [person.person_id] if person else people_of_customer(service.published, customer_id)
