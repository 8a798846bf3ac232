"""Asking for any action: a page that shows exactly what would happen, and one confirmation that queues it.

The request's id is made when the page is shown and travels in the form, sealed with what the form is about: however
often the form is sent, it is one request. What differs from the preview is shown again before it counts.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from connectors.actions import ACTIONS
from counterfoil.action_runs import ActionRun
from counterfoil.policy import reasons_for
from counterfoil.prefect_api import QueueUnavailable
from counterfoil.queue import EarlierRequest, RequestConflict
from counterfoil.requests import OBJECT_KINDS, ActionRequest
from dashboards.asked import Asked, asked
from dashboards.facts import facts_of
from dashboards.filters import BadFilter, Query
from dashboards.framing import onwards
from dashboards.panel.matching import match_of
from dashboards.panel.tickets import clues_for
from dashboards.roles import Support, Visitor
from dashboards.service import Service, service_of
from dashboards.subjects import Subject, another_owner, find_subject
from dashboards.wishes import FORM_LIVES_S, MATCHES, meant_by, must_confirm, new_meaning, queued, run_of, sealed
from dashboards.written_form import WrittenForm

router = APIRouter()
_OLD = "This form is more than an hour old or not yours; nothing was asked for. Open the page again."


@router.get("/ask")
def ask(request: Request, visitor: Support) -> Response:
    """The page before anything is asked for, filled with what is usual: the whole of what is left, for a refund."""
    service = service_of(request)
    query = Query(request)
    action = query.choice("action", ACTIONS)
    kind = query.choice("kind", OBJECT_KINDS)
    account, object_id, customer_id = query.text("account"), query.text("id"), query.text("customer")
    match, ticket = query.choice("match", MATCHES), query.text("ticket", longest=100)
    query.done()
    if action is None:
        raise BadFilter(f"Say which action: add action=… to the address, one of {', '.join(ACTIONS)}.")
    if kind is not None and kind != ACTIONS[action].object_kind:
        raise BadFilter(f"The action “{action}” is about a {ACTIONS[action].object_kind}, not about a {kind}.")
    subject = _subject(service, visitor, action, account or "", object_id or "")
    if stop := another_owner(subject, customer_id):
        return _message(request, visitor, 409, "Another customer’s", stop)
    if visitor.frame and subject.person:
        # Beside a ticket it is the ticket that tells how the customer was found, never the address.
        match = match_of(service, clues_for(service, visitor.frame), subject.person)
    meant = new_meaning(visitor, subject, action, customer_id, match or "chosen")
    return _page(request, visitor, asked(service, visitor, subject, meant, {"ticket": ticket or ""}, is_sent=False))


@router.post("/actions")
def submit(request: Request, visitor: Support, written: WrittenForm) -> Response:
    """Queue the request, or show the page again with the sentence that says what is wrong."""
    service = service_of(request)
    meant = meant_by(service.sessions.unseal(written.get("sealed", ""), max_age_s=FORM_LIVES_S), visitor)
    if meant is None:
        return _message(request, visitor, 400, "Form out of date", _OLD)
    # As if it had not been asked for yet: the second click of a form that was queued is still the same request.
    subject = _subject(service, visitor, meant.action, meant.account, meant.object_id, meant.request_id)
    if stop := another_owner(subject, meant.customer_id):
        return _message(request, visitor, 409, "Another customer’s", stop)
    now = asked(service, visitor, subject, meant, written, is_sent=True)
    if not now.offer.is_offered and (run_id := run_of(service, meant)):
        return onwards(request, f"/actions/{run_id}")
    if now.request is None:
        return _page(request, visitor, now, sentence=now.mistake or now.offer.reason, status=400)
    if written.get("previewed") != now.previewed:
        return _page(request, visitor, now, sentence="Check what happens, then confirm.")
    if now.verdict.kind == "refused":
        return _page(request, visitor, now, sentence=now.verdict.sentence, status=400)
    return _submit(request, visitor, now, now.request)


def _submit(request: Request, visitor: Visitor, now: Asked, wish: ActionRequest) -> Response:
    service = service_of(request)
    try:
        run_id = queued(service, wish)
    except EarlierRequest as error:
        return _page(request, visitor, now, earlier=error.run, status=409)
    except RequestConflict:
        sentence = "This form was already used for another request, which stands. Open the page again for a new one."
        return _message(request, visitor, 409, "Form already used", sentence)
    except QueueUnavailable:
        sentence = (
            "The queue does not answer, so it is not known to be queued. Press the button again: it is one request."
        )
        return _page(request, visitor, now, sentence=sentence, status=503)
    return onwards(request, f"/actions/{run_id}")


def _subject(
    service: Service, visitor: Visitor, action: str, account: str, object_id: str, without_request: str = ""
) -> Subject:
    kind = ACTIONS[action].object_kind
    subject = find_subject(service, visitor.role, kind, account, object_id, without_request=without_request)
    if subject is None:
        raise HTTPException(404)
    return subject


def _page(
    request: Request,
    visitor: Visitor,
    now: Asked,
    *,
    sentence: str = "",
    earlier: ActionRun | None = None,
    status: int = 200,
) -> Response:
    service = service_of(request)
    return service.pages.html(
        request,
        visitor,
        "ask.html",
        status=status,
        asked=now,
        subject=now.subject,
        facts=facts_of(service, now.subject),
        # A form keeps its first seal, so that its hour is not begun anew by showing it again.
        sealed=now.written.get("sealed") or sealed(service, now.meant),
        sentence=sentence,
        is_bad=bool(now.mistake) or now.verdict.kind == "refused" or status == 503,
        earlier=earlier,
        reasons=reasons_for(service.policy, visitor.role, now.meant.action),
        is_text_required=service.policy.is_text_required,
        must_confirm=must_confirm(service, now.meant),
        moves=ACTIONS[now.meant.action].moves,
    )


def _message(request: Request, visitor: Visitor, status: int, title: str, sentence: str) -> Response:
    pages: Any = service_of(request).pages
    shown: Response = pages.html(request, visitor, "message.html", status=status, title=title, sentence=sentence)
    return shown
