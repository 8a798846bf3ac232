"""How a helpdesk opens the panel: it proves itself, the ticket is named, and the browser goes on into the frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from connectors.errors import BadSignature
from connectors.helpdesks.callers import SCRIPTS, Caller, Opening
from connectors.helpdesks.registry import helpdesk
from counterfoil.settings import Helpdesk
from dashboards.framing import let_frame
from dashboards.panel.doors import (
    NotLetIn,
    agent_of,
    caller_of,
    clues_in,
    frame_token,
    helpdesk_of,
    opened_door,
    sealed_door,
    ticket_of,
)
from dashboards.panel.tickets import ask_to_read, customers_of
from dashboards.roles import HelpdeskPage, Visitor
from dashboards.service import Service, service_of
from dashboards.written_form import WrittenForm

router = APIRouter()


@router.get("/panel/{kind}/{label}")
async def shown(request: Request, visitor: HelpdeskPage, kind: str, label: str) -> Response:
    """The first page where the helpdesk signs the address (Help Scout, Front)."""
    settings = _settings(service_of(request), kind, label)
    opening = Opening(settings, query=tuple(request.query_params.multi_items()))
    return await run_in_threadpool(_enter, request, visitor, opening, {})


@router.post("/panel/{kind}/{label}")
async def posted(request: Request, visitor: HelpdeskPage, kind: str, label: str, written: WrittenForm) -> Response:
    """The first page where the helpdesk, or its app in the browser, posts a form (Zendesk, Freshdesk)."""
    settings = _settings(service_of(request), kind, label)
    return await run_in_threadpool(_enter, request, visitor, Opening(settings, form=written), written)


@router.post("/panel/{kind}/{label}/open")
def opened(request: Request, visitor: HelpdeskPage, kind: str, label: str, written: WrittenForm) -> Response:
    """The ticket is known: on into the frame, or the page that says what is missing. `code`: of a fresh connection."""
    service = service_of(request)
    settings = _settings(service, kind, label)
    caller = opened_door(service, settings, written.get("door", ""))
    if caller is None:
        return _said(request, visitor, settings, "This panel was open for too long. Open the ticket again.", 401)
    return _go_on(request, visitor, settings, caller, written)


def _enter(request: Request, visitor: Visitor, opening: Opening, written: Mapping[str, str]) -> Response:
    service = service_of(request)
    try:
        caller = caller_of(service, opening)
    except BadSignature as error:
        return _said(request, visitor, opening.helpdesk, str(error), 403)
    if opening.helpdesk.kind in SCRIPTS:
        return _shell(request, visitor, opening.helpdesk, caller)
    return _go_on(request, visitor, opening.helpdesk, caller, written)


def _shell(request: Request, visitor: Visitor, settings: Helpdesk, caller: Caller) -> Response:
    """A page around the panel that asks the helpdesk's script for the ticket, and puts texts into the reply."""
    service = service_of(request)
    script = SCRIPTS[settings.kind]
    if service.is_sandbox:
        # The stand-in on this machine serves a script of the same calls.
        script = f"{settings.web_base or settings.api_base}{urlsplit(script).path}"
    response = service.pages.html(
        request, visitor, "shell.html", settings=settings, script=script, door=sealed_door(service, settings, caller)
    )
    host = urlsplit(script)
    return let_frame(response, settings, scripts=f"{host.scheme}://{host.netloc}")


def _go_on(
    request: Request, visitor: Visitor, settings: Helpdesk, caller: Caller, written: Mapping[str, str]
) -> Response:
    service = service_of(request)
    connected = service.connections.read(request, settings.name)
    code = written.get("code", "")
    if code:
        address = request.client.host if request.client else ""
        if service.sign_ins.is_over(f"code:{address}", now=service.clock()):
            return _said(request, visitor, settings, "Too many tries. Wait five minutes, then try again.", 429)
        connected = service.connections.take(code, settings.name, now=service.clock()) or connected
    # The first seal is kept, so that its time is not begun anew by showing the page again.
    door = {"door": written.get("door") or sealed_door(service, settings, caller), "asked": dict(written)}
    try:
        ticket = ticket_of(caller, written)
        user, via = agent_of(service, settings, caller, connected)
    except NotLetIn as stop:
        if stop.is_waiting:
            ask_to_read(service, settings, ticket, caller.agent_id, [])
        is_unconnected = caller.vouched != "agent"
        return _said(
            request,
            visitor,
            settings,
            stop.sentence,
            200 if stop.is_waiting or is_unconnected else 403,
            **door,
            is_waiting=stop.is_waiting,
            is_unconnected=is_unconnected,
            is_wrong=bool(code) and connected is None,
        )
    clues = clues_in(caller, written)
    ask_to_read(service, settings, ticket, caller.agent_id, customers_of(service, clues))
    response = RedirectResponse(f"/in/{frame_token(service, settings, user, via, ticket, clues)}/panel", 303)
    if code and connected is not None:
        service.connections.write(response, connected)
    return response


def _said(
    request: Request, visitor: Visitor, settings: Helpdesk, sentence: str, status: int, **context: Any
) -> Response:
    """What is missing, in the helpdesk's frame."""
    plain = {"is_waiting": False, "is_unconnected": False, "is_wrong": False, "door": "", "asked": {}}
    response: Response = service_of(request).pages.html(
        request,
        visitor,
        "panel_door.html",
        status=status,
        beside=settings,
        settings=settings,
        title=helpdesk(settings.kind).title,
        sentence=sentence,
        **(plain | context),
    )
    return response


def _settings(service: Service, kind: str, label: str) -> Helpdesk:
    found = helpdesk_of(service, kind, label)
    if found is None:
        raise HTTPException(404)
    return found
