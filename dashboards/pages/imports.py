"""For a company's own systems: objects that are imported, and outcomes of actions that are reported back.

An import is proved by its account's key, an outcome by its signature. 2xx only after it is on disk.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from itertools import islice

import orjson
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateway import Delivery, Resource
from connectors.registry import gateway_of
from counterfoil.reported import put_reported
from dashboards.import_batches import BatchTooLarge, BatchUnreadable, put_batch, rows_of
from dashboards.import_rows import faults_of
from dashboards.import_schema import schema_of
from dashboards.inbox import bell_of
from dashboards.roles import Anybody, Gateway
from dashboards.service import Service, service_of

router = APIRouter()
MOST_FAULTS = 100
OUTCOMES = "outcomes"


@router.post("/api/import/{name}")
async def take(request: Request, visitor: Gateway, name: str) -> JSONResponse:
    """202 for a batch that is kept; 422 with every row and field for one that is not sound: nothing of it is taken."""
    service = service_of(request)
    account = _account_of_key(service, request.headers.get("authorization", ""))
    resource = _resource(account, name)
    body = await request.body()
    answer = await run_in_threadpool(
        _taken, service, account, resource, body, request.headers.get("content-encoding", "")
    )
    if answer.status_code == 202:
        bell_of(request.app.state, service).ring()
    return answer


@router.get("/api/import/{name}/schema")
def schema(request: Request, visitor: Anybody, name: str) -> JSONResponse:
    """The JSON schema of a batch; it is no secret."""
    for account in service_of(request).settings.accounts:
        if gateway_of(account.name).takes_imports:
            return JSONResponse(schema_of(_resource(account.name, name)))
    raise HTTPException(404)


@router.post("/api/outcomes")
async def outcome(request: Request, visitor: Gateway) -> JSONResponse:
    """200 for a signed outcome that is kept; what came of an action is looked for here first."""
    service = service_of(request)
    body = await request.body()
    is_new = await run_in_threadpool(_kept, service, body, dict(request.headers))
    return JSONResponse({"received": True, "new": is_new})


def _account_of_key(service: Service, header: str) -> str:
    scheme, _, given = header.partition(" ")
    found = ""
    # Every key is compared, each in constant time: how long it takes tells nothing.
    for account, keys in service.import_keys.items():
        for key in keys:
            if hmac.compare_digest(key.reveal().encode(), given.strip().encode()):
                found = account
    if scheme.lower() != "bearer" or not found:
        raise HTTPException(401, "The import key is missing or is no account's. Send: Authorization: Bearer <key>.")
    return found


def _resource(account: str, name: str) -> Resource:
    found = gateway_of(account)
    resources = {resource.name: resource for resource in found.resources} if found.takes_imports else {}
    if name not in resources:
        raise HTTPException(400, f"There is no object {name[:40]!r} to import; there are: {', '.join(resources)}.")
    return resources[name]


def _taken(service: Service, account: str, resource: Resource, body: bytes, encoding: str) -> JSONResponse:
    try:
        rows = rows_of(body, encoding.strip().lower())
    except BatchUnreadable as error:
        raise HTTPException(400, str(error)) from None
    except BatchTooLarge as error:
        raise HTTPException(413, str(error)) from None
    faults = [
        {"row": fault.row, "field": fault.field, "wrong": fault.wrong}
        for fault in islice(faults_of(resource, rows), MOST_FAULTS)
    ]
    if faults:
        sentence = "Nothing of this batch was taken. Mend the rows that are named and send it again."
        return JSONResponse({"error": sentence, "faults": faults}, 422)
    is_new = put_batch(service.paths.inbox, account, resource.name, body, rows, service.clock())
    return JSONResponse({"account": account, "objects": len(rows), "new": is_new}, 202)


def _kept(service: Service, body: bytes, headers: dict[str, str]) -> bool:
    now = service.clock()
    account, message_id, request_id = _signed_by(service, body, headers, now)
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    told = orjson.loads(body)
    return put_reported(service.paths.inbox, account, request_id, message_id, told, sent_at)


def _signed_by(service: Service, body: bytes, headers: dict[str, str], now: datetime) -> tuple[str, str, str]:
    """(account, message id, request id): the account is the one whose secret fits."""
    for account in (known.name for known in service.settings.accounts):
        found, secrets = gateway_of(account), service.webhook_secrets.get(account, ())
        if not found.takes_imports:
            continue
        delivery = Delivery(body, headers, service.settings.account(account).api_base)
        try:
            message_id, resource, request_id = found.verified(delivery, tuple(one.reveal() for one in secrets), now)
        except BadSignature:
            continue
        except UnexpectedShape as error:
            raise HTTPException(400, str(error)) from None
        if resource != OUTCOMES:
            raise HTTPException(400, 'The message is no outcome: its type must be "outcome".')
        return account, message_id, request_id
    raise HTTPException(401, "The signature fits no account, or its time is more than five minutes off.")
