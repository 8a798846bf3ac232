"""Pages inside a helpdesk's frame: /in/<token>/ask is the page /ask, for whoever the token names.

Only a few pages exist in a frame. What they carry of us (addresses, forms, redirects) keeps the token.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.helpdesks.callers import ancestors_of
from counterfoil.settings import Helpdesk
from dashboards.frames import parted
from dashboards.security import CSP

SCOPE_KEY = "counterfoil.frame"


class Framed:
    """Takes the token out of the address and hands it on beside the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (found := parted(scope["path"])):
            token, path = found
            scope = {**scope, "path": path, "raw_path": path.encode(), SCOPE_KEY: token}
        await self._app(scope, receive, send)


def token_of(request: Request) -> str | None:
    """The token that came with the address of a request."""
    found = request.scope.get(SCOPE_KEY)
    return found if isinstance(found, str) else None


def inside(request: Request, path: str) -> str:
    """An address of ours as it must be written on this request's pages."""
    token = token_of(request)
    return f"/in/{token}{path}" if token else path


def onwards(request: Request, path: str) -> RedirectResponse:
    """Send the browser on to a page of ours, staying in the frame where it is in one."""
    return RedirectResponse(inside(request, path), 303)


def let_frame(response: Response, helpdesk: Helpdesk, *, scripts: str = "") -> Response:
    """Let a helpdesk's pages show this answer in a frame, and nobody else's. `scripts`: a host of the helpdesk whose
    script the page needs to speak with it."""
    csp = CSP.replace("frame-ancestors 'none'", f"frame-ancestors {ancestors_of(helpdesk)}")
    if scripts:
        csp = csp.replace("script-src 'self'", f"script-src 'self' {scripts}").replace(
            "form-action 'self'", "form-action 'self'; frame-src 'self'"
        )
    response.headers["Content-Security-Policy"] = csp
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
