"""Intercom's messages: each is signed and names the admin and the conversation; the answer is the next canvas.

An action is asked for as on a page: fields, preview, one confirmation. What it is about comes back sealed, so that the
same message twice is one request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import orjson
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from connectors.actions import ACTIONS
from connectors.errors import BadSignature
from connectors.helpdesks.callers import Opening
from counterfoil.prefect_api import QueueUnavailable
from counterfoil.queue import EarlierRequest, RequestConflict
from dashboards.asked import Asked, asked
from dashboards.frames import Frame, new_frame
from dashboards.panel.canvas import Component, button, canvas, text, written_in
from dashboards.panel.canvas_pages import form, home, preview
from dashboards.panel.content import chosen_one
from dashboards.panel.doors import NotLetIn, agent_of, caller_of, clues_in, helpdesk_of, ticket_of
from dashboards.panel.explaining import sentences
from dashboards.panel.matching import match_of, matched
from dashboards.panel.saying import english
from dashboards.panel.tickets import ask_to_read, clues_for, customers_of
from dashboards.roles import SUPPORT, HelpdeskPage, Visitor
from dashboards.service import Service, service_of
from dashboards.sessions import Session
from dashboards.subjects import another_owner, find_subject
from dashboards.wishes import FORM_LIVES_S, meant_by, new_meaning, queued, sealed
from warehouse.published import NothingPublished
from warehouse.reads.charges import find_charge
from warehouse.reads.explained import explained

router = APIRouter()
Answer = tuple[list[Component], dict[str, Any]]
"""Components, and what is stored for the next message."""
_OLD = "This form is out of date; nothing was asked for."


@router.post("/panel/intercom/{label}/initialize")
async def initialize(request: Request, visitor: HelpdeskPage, label: str) -> JSONResponse:
    """The canvas when a conversation is opened."""
    return await _answered(request, label)


@router.post("/panel/intercom/{label}/submit")
async def submit(request: Request, visitor: HelpdeskPage, label: str) -> JSONResponse:
    """The canvas after a button."""
    return await _answered(request, label)


async def _answered(request: Request, label: str) -> JSONResponse:
    body = await request.body()
    return await run_in_threadpool(_answer, service_of(request), label, body, dict(request.headers))


def _answer(service: Service, label: str, body: bytes, headers: dict[str, str]) -> JSONResponse:
    settings = helpdesk_of(service, "intercom", label)
    if settings is None:
        raise HTTPException(404)
    try:
        caller = caller_of(service, Opening(settings, body=body, headers=headers))
    except BadSignature as error:
        return JSONResponse({"error": str(error)}, 403)
    try:
        user, via = agent_of(service, settings, caller, None)
        ticket = ticket_of(caller, {})
    except NotLetIn as stop:
        return JSONResponse(canvas([text("The panel stays closed", "header"), text(stop.sentence, "error")]))
    clues = clues_in(caller, {})
    frame = new_frame(settings.name, ticket, user.name, user.version, via=via, clues=clues, now=service.clock())
    visitor = Visitor(user.name, user.role, Session(user.name, user.version, frame.csrf), frame)
    said = orjson.loads(body)
    step = said.get("component_id") if isinstance(said.get("component_id"), str) else ""
    if not step:
        ask_to_read(service, settings, ticket, caller.agent_id, customers_of(service, clues))
    stored = (said.get("current_canvas") or {}).get("stored_data")
    try:
        shown, kept = _step(service, visitor, step, written_in(said.get("input_values")), stored or {})
    except NothingPublished:
        shown, kept = [text("Nothing has been published yet.")], {}
    return JSONResponse(canvas(shown, kept))


def _step(service: Service, visitor: Visitor, step: str, written: dict[str, str], stored: Mapping[str, Any]) -> Answer:
    name, _, rest = step.partition("|")
    parts = [unquote(part) for part in rest.split("|")]
    if name == "explain" and len(parts) == 2:
        return _explanation(service, *parts), {}
    if name == "ask" and len(parts) == 3 and parts[0] in ACTIONS and visitor.role in SUPPORT:
        return _begin(service, visitor, *parts)
    if name in ("show", "change", "confirm") and visitor.role in SUPPORT:
        return _go_on(service, visitor, name, written, stored)
    return _home(service, visitor, parts[0] if name == "person" else None)


def _home(service: Service, visitor: Visitor, person_id: str | None) -> Answer:
    frame = _frame(visitor)
    found = matched(service, clues_for(service, frame))
    try:
        shown = chosen_one(service, found, person_id)
    except LookupError:
        shown = None
    token = service.frames.token(frame, now=service.clock())
    chosen = f"?person={shown.person.person_id}" if shown else ""
    return home(service, visitor, found, shown, f"{service.settings.web.base_url}/in/{token}/panel{chosen}"), {}


def _explanation(service: Service, account: str, charge_id: str) -> list[Component]:
    charge = find_charge(service.published, account, charge_id)
    if charge is None:
        return [text("This charge is not published.", "error"), button("Back", "home")]
    said = sentences(explained(service.published, charge), english(service.settings.zone))
    return [text("For the reply", "header"), *(text(sentence) for sentence in said), button("Back", "home")]


def _begin(service: Service, visitor: Visitor, action: str, account: str, object_id: str) -> Answer:
    subject = find_subject(service, visitor.role, ACTIONS[action].object_kind, account, object_id)
    if subject is None:
        return [text("This is not published.", "error"), button("Back", "home")], {}
    clues = clues_for(service, _frame(visitor))
    match = match_of(service, clues, subject.person) if subject.person else "chosen"
    meant = new_meaning(visitor, subject, action, None, match)
    now = asked(service, visitor, subject, meant, {}, is_sent=False)
    return form(service, visitor, now), {"sealed": sealed(service, meant)}


def _go_on(service: Service, visitor: Visitor, step: str, written: dict[str, str], stored: Mapping[str, Any]) -> Answer:
    kept = str(stored.get("sealed", ""))
    meant = meant_by(service.sessions.unseal(kept, max_age_s=FORM_LIVES_S), visitor)
    if meant is None:
        return [text(_OLD, "error"), button("Back", "home")], {}
    if step != "show":
        written = {**written_in(stored.get("written")), **written}
    kind = ACTIONS[meant.action].object_kind
    subject = find_subject(
        service, visitor.role, kind, meant.account, meant.object_id, without_request=meant.request_id
    )
    if subject is None or (stop := another_owner(subject, meant.customer_id)):
        return [text(stop if subject else "This is not published.", "error"), button("Back", "home")], {}
    now = asked(service, visitor, subject, meant, written, is_sent=True)
    again = {"sealed": kept, "written": written}
    if step == "change" or now.request is None:
        return form(service, visitor, now, now.mistake or now.offer.reason if step != "change" else ""), again
    if step == "show" or written.get("previewed") != now.previewed:
        return preview(service, now), {**again, "written": {**written, "previewed": now.previewed}}
    if now.verdict.kind == "refused":
        return preview(service, now, sentence=now.verdict.sentence), again
    return _confirmed(service, now, again)


def _confirmed(service: Service, now: Asked, again: dict[str, Any]) -> Answer:
    assert now.request is not None
    try:
        queued(service, now.request)
    except EarlierRequest as error:
        return preview(service, now, is_again=True, sentence=f"{error} If you mean it once more, tick the box."), again
    except RequestConflict:
        return [text("This form was already used for another request, which stands.", "error")], {}
    except QueueUnavailable:
        said = "The queue does not answer, so it is not known to be queued. Press again: it is one request."
        return preview(service, now, sentence=said), again
    said = "It is queued. What comes of it is shown here and, as a note, in the conversation."
    return [text(f"{now.label}: asked for", "header"), text(said), button("Back to the customer", "home")], {}


def _frame(visitor: Visitor) -> Frame:
    assert visitor.frame is not None
    return visitor.frame
