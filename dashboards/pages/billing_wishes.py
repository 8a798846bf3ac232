"""A customer asks for something: a page that says what happens, one button, and a page that tells what came of it."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from counterfoil.action_runs import ActionRun
from counterfoil.prefect_api import QueueUnavailable
from counterfoil.queue import EarlierRequest, RequestConflict
from dashboards.billing.visits import AsCustomer, Customer
from dashboards.billing.wishes import NOT_HERE, NotAskedFor, is_possible, own_subject, wish_of
from dashboards.billing.words import say
from dashboards.filters import Query
from dashboards.panel.saying import Message, marked
from dashboards.service import service_of
from dashboards.subjects import Subject
from dashboards.wishes import FORM_LIVES_S, Meant, meant_by, new_meaning, queued, run_of, sealed
from dashboards.written_form import WrittenForm

router = APIRouter()
_OUTCOMES = {
    "Done": "done",
    "Pending": "pending",
    "Refused": "refused",
    "Cancelled": "refused",
    "Failed later": "failed",
}
_AWAY = marked("We cannot take this right now. Press the button again in a minute: it counts once.")
_OLD = marked("This form is out of date, so nothing was done. Open the page again.")


@router.get("/billing/ask")
def ask(request: Request, customer: AsCustomer) -> Response:
    """What would happen, and the button."""
    service, query = service_of(request), Query(request)
    action, account, object_id = (query.text(name) or "" for name in ("action", "account", "id"))
    subject = own_subject(service, customer, action, account, object_id)
    if subject is None:
        raise HTTPException(404)
    meant = new_meaning(customer.visitor, subject, action, None, "identifier")
    if not is_possible(service, subject, action):
        return _page(request, customer, subject, meant, problem=NOT_HERE, is_closed=True)
    return _page(request, customer, subject, meant)


@router.post("/billing/ask")
def submit(request: Request, customer: AsCustomer, written: WrittenForm) -> Response:
    """Queue it, once however often it is sent, or show the page again with what is wrong."""
    service = service_of(request)
    meant = meant_by(service.sessions.unseal(written.get("sealed", ""), max_age_s=FORM_LIVES_S), customer.visitor)
    subject = own_subject(service, customer, meant.action, meant.account, meant.object_id) if meant else None
    if meant is None or subject is None:
        return _page(request, customer, None, None, problem=_OLD, status=400, is_closed=True)
    if run_id := run_of(service, meant):
        return _to(run_id)
    try:
        return _to(queued(service, wish_of(service, customer, subject, meant, written)))
    except NotAskedFor as mistake:
        return _page(request, customer, subject, meant, written, problem=mistake.message, status=400)
    except EarlierRequest as earlier:
        if _is_theirs(earlier.run, customer):
            return _to(earlier.run.run_id)
        return _page(request, customer, subject, meant, written, problem=NOT_HERE, status=409, is_closed=True)
    except RequestConflict:
        return _page(request, customer, subject, meant, problem=_OLD, status=409, is_closed=True)
    except QueueUnavailable:
        return _page(request, customer, subject, meant, written, problem=_AWAY, status=503)


@router.get("/billing/asked/{run_id}")
def state(request: Request, customer: AsCustomer, run_id: str) -> Response:
    """What came of it so far; another's is not there."""
    service = service_of(request)
    run = service.queue.run(run_id)
    if run is None or not _is_theirs(run, customer):
        raise HTTPException(404)
    newest = service.queue.runs(tag=f"request:{run.request_id}", limit=1)
    outcome = _outcome(newest[0] if newest and newest[0].is_finished else run)
    shown = service.customer_pages.html(
        request,
        "asked.html",
        customer.session,
        person=customer.person,
        action=run.request.get("action"),
        outcome=outcome,
    )
    if outcome == "under way":
        shown.headers["Refresh"] = "3"
    return shown


def _is_theirs(run: ActionRun, customer: Customer) -> bool:
    return run.request.get("requester") == customer.visitor.name


def _outcome(run: ActionRun) -> str:
    """Nobody is told "done" before the gateway says so: until then it is under way, or pending."""
    if not run.is_finished:
        return "waits" if run.state_name == "Awaiting approval" else "under way"
    return _OUTCOMES.get(run.state_name, "unknown")


def _to(run_id: str) -> Response:
    return RedirectResponse(f"/billing/asked/{run_id}", 303)


def _page(
    request: Request,
    customer: Customer,
    subject: Subject | None,
    meant: Meant | None,
    written: Mapping[str, str] | None = None,
    *,
    problem: Message | None = None,
    status: int = 200,
    is_closed: bool = False,
) -> Response:
    service = service_of(request)
    spoken = service.customer_pages.tongue(request, customer.person)
    kept = (written or {}).get("sealed") or (sealed(service, meant) if meant else "")
    return service.customer_pages.html(
        request,
        "ask.html",
        customer.session,
        person=customer.person,
        status=status,
        action=meant.action if meant else "",
        known=subject.known if subject else None,
        written=written or {"country": customer.person.country or ""},
        sealed=kept,
        problem=say(spoken, problem) if problem else "",
        is_closed=is_closed,
    )
