"""What gateways tell us: verified, noted once per event, answered. Then a flow is asked to fetch the object again."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse

from connectors.errors import BadSignature, NotAccepted, UnexpectedShape
from connectors.gateway import Delivery
from connectors.registry import gateway
from dashboards.inbox import Hint, bell_of, put_hint
from dashboards.roles import Gateway
from dashboards.service import Service, service_of

router = APIRouter()


@router.post("/webhooks/{gateway_name}/{label}")
async def receive(request: Request, visitor: Gateway, gateway_name: str, label: str) -> JSONResponse:
    """2xx only after the hint is on disk; 400 for a signature that is not the gateway's."""
    service = service_of(request)
    account = _account(service, gateway_name, label)
    api_base = service.settings.account(account).api_base
    delivery = Delivery(await request.body(), dict(request.headers), api_base)
    is_new = await run_in_threadpool(_note, service, account, delivery)
    # A known event rings too: it may be sent again because its first run was lost.
    bell_of(request.app.state, service).ring()
    return JSONResponse({"received": True, "new": is_new})


@router.get("/webhooks/{gateway_name}/{label}")
async def challenged(request: Request, visitor: Gateway, gateway_name: str, label: str) -> PlainTextResponse:
    """How some gateways find out that an address is ours; 404 for the others, 400 for what is no challenge."""
    service = service_of(request)
    account = _account(service, gateway_name, label)
    answer = gateway(gateway_name).answer_challenge
    if answer is None:
        raise HTTPException(404)
    secrets = tuple(secret.reveal() for secret in service.webhook_secrets[account])
    try:
        return PlainTextResponse(answer(dict(request.query_params), secrets))
    except BadSignature:
        raise HTTPException(400, "This is no challenge of the gateway's.") from None


def _account(service: Service, gateway_name: str, label: str) -> str:
    account = f"{gateway_name}/{label}"
    if account not in {known.name for known in service.settings.accounts}:
        raise HTTPException(404)
    if not service.webhook_secrets.get(account):
        raise HTTPException(503, f"No webhook secret is set for {account}.")
    return account


def _note(service: Service, account: str, delivery: Delivery) -> bool:
    secrets = tuple(secret.reveal() for secret in service.webhook_secrets[account])
    now = service.clock()
    try:
        event_id, resource, object_id = gateway(account.partition("/")[0]).verified(delivery, secrets, now)
    except BadSignature:
        raise HTTPException(400, "The signature is not the gateway's.") from None
    except UnexpectedShape:
        raise HTTPException(400, "The message is not an event.") from None
    except NotAccepted:
        raise HTTPException(503, "The message cannot be checked now; send it again.") from None
    return put_hint(service.paths.inbox, Hint(account, event_id, resource, object_id, now.isoformat()))
