"""The evidence pack of one dispute, as a PDF."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.evidence import CannotDraw, draw, gather
from dashboards.filters import Query
from dashboards.roles import Finance
from dashboards.service import service_of

router = APIRouter()


@router.get("/disputes/evidence.pdf")
def evidence(request: Request, visitor: Finance) -> Response:
    """Everything that is known for one disputed charge; made anew each time, from what is published."""
    service, query = service_of(request), Query(request)
    account, dispute_id = query.text("account") or "", query.text("id") or ""
    query.done()
    found = gather(service, account, dispute_id)
    if found is None:
        raise HTTPException(404)
    try:
        pdf = draw(service, found, service.clock())
    except CannotDraw as error:
        raise HTTPException(503, str(error)) from error
    name = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in dispute_id)
    headers = {"Content-Disposition": f'inline; filename="evidence-{name}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
