"""Help Scout's dynamic app: a signed message for each conversation that is opened, answered with a little HTML."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from connectors.errors import BadSignature
from connectors.helpdesks.callers import Opening
from dashboards.panel.content import chosen_one, content_of
from dashboards.panel.doors import NotLetIn, agent_of, caller_of, clues_in, frame_token, helpdesk_of, ticket_of
from dashboards.panel.matching import matched
from dashboards.panel.tickets import ask_to_read, customers_of
from dashboards.roles import HelpdeskPage
from dashboards.service import Service, service_of
from warehouse.published import NothingPublished

router = APIRouter()


@router.post("/panel/helpscout/{label}/dynamic")
async def dynamic(request: Request, visitor: HelpdeskPage, label: str) -> JSONResponse:
    """{"html": …}: who writes, what they paid last, and links that open the panel for this agent and conversation."""
    body = await request.body()
    return await run_in_threadpool(_answer, service_of(request), label, body, dict(request.headers))


def _answer(service: Service, label: str, body: bytes, headers: dict[str, str]) -> JSONResponse:
    settings = helpdesk_of(service, "helpscout", label)
    if settings is None:
        raise HTTPException(404)
    try:
        caller = caller_of(service, Opening(settings, body=body or b" ", headers=headers))
    except BadSignature as error:
        return JSONResponse({"error": str(error)}, 403)
    try:
        ticket = ticket_of(caller, {})
        clues = clues_in(caller, {})
        ask_to_read(service, settings, ticket, caller.agent_id, customers_of(service, clues))
        user, via = agent_of(service, settings, caller, None)
        found = matched(service, clues)
    except NotLetIn as stop:
        again = " Open the conversation again." if stop.is_waiting else ""
        return JSONResponse({"html": service.pages.part("dynamic.html", sentence=f"{stop.sentence}{again}")})
    except NothingPublished:
        return JSONResponse({"html": service.pages.part("dynamic.html", sentence="Nothing has been published yet.")})
    shown = chosen_one(service, found, None)
    token = frame_token(service, settings, user, via, ticket, clues)
    html = service.pages.part(
        "dynamic.html",
        sentence="",
        at=f"{service.settings.web.base_url}/in/{token}",
        matched=found,
        shown=shown,
        may_act=user.role in ("agent", "lead"),
        visitor=None,
        **(content_of(service, user.role, shown.person, is_all=False) if shown else {}),
    )
    return JSONResponse({"html": html})
