"""A customer's own billing page: what was paid, for what; documents; subscriptions; what is still to be paid."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from dashboards.billing.pages import speaker_of
from dashboards.billing.visits import AsCustomer
from dashboards.billing.wishes import ON_CUSTOMERS, may_ask
from dashboards.files import file_below
from dashboards.filters import Query
from dashboards.panel.explaining import sentences
from dashboards.service import Service, service_of
from warehouse.reads.customers import Customer, find_customer
from warehouse.reads.explained import explained
from warehouse.reads.invoices import open_invoices_of
from warehouse.reads.own import own_charge, own_document, own_documents, purchases_of
from warehouse.reads.people import Person
from warehouse.reads.subscriptions import subscriptions_of

router = APIRouter()
SHOWN = 20
FURTHEST = 500
"""Pages beyond this many purchases are not opened by number; the whole history is in the documents."""


@router.get("/billing")
def home(request: Request, customer: AsCustomer) -> Response:
    """The page."""
    service = service_of(request)
    query = Query(request)
    page = min(query.page(), FURTHEST // SHOWN)
    published, person = service.published, customer.person
    found = purchases_of(published, person.person_id, limit=SHOWN + 1, offset=(page - 1) * SHOWN)
    documents = own_documents(published, person.person_id)
    return service.customer_pages.html(
        request,
        "home.html",
        customer.session,
        person=person,
        purchases=found[:SHOWN],
        has_more=len(found) > SHOWN,
        page=page,
        documents=documents,
        by_charge={(one.account, one.charge_id): one for one in documents if one.pdf_path},
        subscriptions=subscriptions_of(published, person.customers),
        invoices=open_invoices_of(published, person.customers),
        as_of=service.as_of(),
        changes=[] if customer.session.is_by_staff else _changeable(service, person),
        may_ask=partial(may_ask, service),
        is_by_staff=customer.session.is_by_staff,
    )


def _changeable(service: Service, person: Person) -> list[Customer]:
    """The customer objects on which the customer may change something."""
    accounts = {one.account for one in person.customers}
    able = {account for account in accounts if any(may_ask(service, account, name) for name in ON_CUSTOMERS)}
    found = [
        find_customer(service.published, one.account, one.customer_id)
        for one in person.customers
        if one.account in able
    ]
    return [one for one in found if one is not None and not one.is_deleted][:SHOWN]


@router.get("/billing/charge")
def charge(request: Request, customer: AsCustomer) -> Response:
    """One payment explained."""
    service = service_of(request)
    query = Query(request)
    account, charge_id = query.text("account") or "", query.text("id") or ""
    found = own_charge(service.published, customer.person.person_id, account, charge_id)
    if found is None:
        raise HTTPException(404)
    spoken = service.customer_pages.tongue(request, customer.person)
    documents = own_documents(service.published, customer.person.person_id)
    return service.customer_pages.html(
        request,
        "charge.html",
        customer.session,
        person=customer.person,
        charge=found,
        sentences=sentences(explained(service.published, found), speaker_of(spoken, service.settings.zone)),
        documents=[one for one in documents if (one.account, one.charge_id) == (account, charge_id)],
    )


@router.get("/billing/documents/{document_id}.pdf")
def pdf(request: Request, customer: AsCustomer, document_id: str) -> Response:
    """The stored file of the customer's own document; another's is not there."""
    service = service_of(request)
    document = own_document(service.published, customer.person.person_id, document_id)
    path = file_below(service.paths.documents, document.pdf_path) if document and document.pdf_path else None
    if document is None or path is None:
        raise HTTPException(404)
    name = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in document.number)
    return FileResponse(path, media_type="application/pdf", filename=f"{name}.pdf")
