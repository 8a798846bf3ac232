"""The panel beside a ticket: who writes, what they paid, what can be done about it. It updates itself."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from dashboards.filters import Query
from dashboards.frames import Frame
from dashboards.framing import token_of
from dashboards.panel.content import chosen_one, content_of, mark_of
from dashboards.panel.matching import matched
from dashboards.panel.searching import search
from dashboards.panel.tickets import clues_for
from dashboards.roles import SUPPORT, CustomerReader, Visitor
from dashboards.service import Service, service_of

router = APIRouter()
RENEWED_AFTER = timedelta(minutes=15)


@router.get("/panel")
def panel(request: Request, visitor: CustomerReader) -> Response:
    """The panel of the frame's ticket; `person` is whom the agent picked, `q` what they look for."""
    service, frame = service_of(request), _frame(visitor)
    clues = clues_for(service, frame)
    query = Query(request)
    person_id, words = query.text("person"), query.text("q")
    is_all = query.choice("charges", ("all",)) == "all"
    query.done()
    if service.frames.age(token_of(request) or "", now=service.clock()) > RENEWED_AFTER:
        return _renewed(request, service, frame)
    found = matched(service, clues)
    try:
        shown = None if words else chosen_one(service, found, person_id)
    except LookupError:
        raise HTTPException(404) from None
    content = content_of(service, visitor.role, shown.person, is_all=is_all) if shown else {}
    return service.pages.html(
        request,
        visitor,
        "panel.html",
        clues=clues,
        matched=found,
        shown=shown,
        person=shown.person if shown else None,
        words=words or "",
        results=search(service, words) if words else [],
        mark=mark_of(service, frame, person_id, known=content.pop("watched", None)),
        may_act=visitor.role in SUPPORT,
        is_live=service.live.is_reachable,
        **content,
    )


@router.get("/panel/state")
def state(request: Request, visitor: CustomerReader) -> Response:
    """What the panel asks every second: {"mark": …}, and 304 while nothing changed."""
    service, frame = service_of(request), _frame(visitor)
    query = Query(request)
    person_id = query.text("person")
    query.done()
    try:
        mark = mark_of(service, frame, person_id)
    except LookupError:
        raise HTTPException(404) from None
    if service.frames.age(token_of(request) or "", now=service.clock()) > RENEWED_AFTER:
        mark = f"{mark}-renew"
    headers = {"ETag": f'"{mark}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return JSONResponse({"mark": mark}, headers=headers)


def _frame(visitor: Visitor) -> Frame:
    """The frame of a page that exists in frames only; raises 404 elsewhere."""
    if visitor.frame is None:
        raise HTTPException(404)
    return visitor.frame


def _renewed(request: Request, service: Service, frame: Frame) -> Response:
    """The same page under a fresh token, so that a panel that stays open stays usable."""
    token = service.frames.token(frame, now=service.clock())
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/in/{token}/panel{query}", 303)
