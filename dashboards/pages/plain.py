"""Assets, the health check, and the Data Docs for engineers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from dashboards.files import file_below
from dashboards.roles import Anybody, Engineer
from dashboards.service import service_of

router = APIRouter()
DATA_DOCS_CSP = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""Great Expectations writes inline styles. Its scripts stay off: the pages hold values from gateways."""


@router.get("/assets/{name}")
def asset(request: Request, visitor: Anybody, name: str) -> Response:
    """One asset; with its digest in the address it may be kept for ever."""
    found = service_of(request).assets.find(name)
    if found is None:
        raise HTTPException(404)
    is_exact = request.query_params.get("v") == found.digest
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if is_exact else "public, max-age=60",
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.zipped, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.body, media_type=found.media_type, headers=headers)


@router.get("/healthz")
def health(request: Request, visitor: Anybody) -> JSONResponse:
    """Whether the service runs, and which published file it shows."""
    published = service_of(request).published
    as_of = published.as_of
    return JSONResponse({"status": "ok", "published": published.version, "as_of": as_of.isoformat() if as_of else None})


@router.get("/data-docs")
def data_docs_start(request: Request, visitor: Engineer) -> Response:
    """The beginning of the Data Docs."""
    return RedirectResponse("/data-docs/index.html", 303)


@router.get("/data-docs/{path:path}")
def data_docs(request: Request, visitor: Engineer, path: str) -> Response:
    """One file of the Data Docs, read-only."""
    found = file_below(service_of(request).paths.data_docs, path)
    if found is None:
        raise HTTPException(404)
    return FileResponse(found, headers={"Content-Security-Policy": DATA_DOCS_CSP})
