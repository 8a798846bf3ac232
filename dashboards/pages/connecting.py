"""Connecting a panel, in a window of its own: whoever is signed in here gets a code for the panel in the helpdesk."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from connectors.helpdesks.registry import helpdesk
from dashboards.panel.connections import Connected
from dashboards.panel.doors import helpdesk_of
from dashboards.roles import CustomerReader, Visitor
from dashboards.service import service_of

router = APIRouter()


@router.get("/connect/{kind}/{label}")
def asked(request: Request, visitor: CustomerReader, kind: str, label: str) -> Response:
    """Which helpdesk, and as whom."""
    return _page(request, visitor, kind, label, code="")


@router.post("/connect/{kind}/{label}")
def connected(request: Request, visitor: CustomerReader, kind: str, label: str) -> Response:
    """The code."""
    service = service_of(request)
    known = Connected(f"{kind}/{label}", visitor.name, visitor.session.version)
    if helpdesk_of(service, kind, label) is None:
        raise HTTPException(404)
    return _page(request, visitor, kind, label, code=service.connections.code_for(known, now=service.clock()))


def _page(request: Request, visitor: Visitor, kind: str, label: str, *, code: str) -> Response:
    service = service_of(request)
    settings = helpdesk_of(service, kind, label)
    if settings is None:
        raise HTTPException(404)
    title = helpdesk(settings.kind).title
    response: Response = service.pages.html(request, visitor, "connect.html", settings=settings, title=title, code=code)
    # The panel that opened this window is in a frame of another site: only so may the code be handed back to it.
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response
