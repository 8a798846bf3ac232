"""What helpdesks tell us: verified, kept as the name of a ticket, answered. A flow then reads the ticket itself."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateway import Delivery
from connectors.helpdesks.helpdesk import Echo
from connectors.helpdesks.registry import helpdesk
from counterfoil.settings import Helpdesk
from counterfoil.ticket_commands import TicketHint, put_hint
from dashboards.inbox import COMMANDS, bell_of
from dashboards.panel.doors import helpdesk_of
from dashboards.roles import HelpdeskServer
from dashboards.service import Service, service_of

router = APIRouter()


@router.post("/helpdesks/{kind}/{label}")
async def receive(request: Request, visitor: HelpdeskServer, kind: str, label: str) -> Response:
    """2xx only after the hint is on disk; 400 for a signature that is not the helpdesk's; Front's first message is
    answered with its challenge."""
    service = service_of(request)
    settings = helpdesk_of(service, kind, label)
    if settings is None:
        raise HTTPException(404)
    delivery = Delivery(await request.body(), dict(request.headers), settings.api_base)
    echo = await run_in_threadpool(_note, service, settings, delivery)
    if echo is not None:
        return PlainTextResponse(echo.text)
    bell_of(request.app.state, service, COMMANDS).ring()
    return JSONResponse({"received": True})


def _note(service: Service, settings: Helpdesk, delivery: Delivery) -> Echo | None:
    secrets = tuple(secret.reveal() for secret in service.webhook_secrets.get(settings.name, ()))
    if not secrets:
        raise HTTPException(503, f"No webhook secret is set for {settings.name}.")
    now = service.clock()
    try:
        found = helpdesk(settings.kind).receive(delivery, secrets, now)
    except BadSignature:
        raise HTTPException(400, "The signature is not the helpdesk's.") from None
    except UnexpectedShape as error:
        raise HTTPException(400, str(error)) from None
    if isinstance(found, Echo):
        return found
    if found is not None:
        hint = TicketHint(settings.name, found.ticket_id, now.isoformat())
        put_hint(service.paths.commands, hint, found.event_id)
    return None
