"""The sandbox's own way in: one click per role. It exists only where everything is a stand-in on this machine."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from counterfoil.settings import Settings
from dashboards.accounts import SANDBOX_ROLES, sandbox_name
from dashboards.pages.sign_in import begin
from dashboards.roles import Anybody
from dashboards.service import service_of

router = APIRouter()
LOOPBACK = "127.0.0.1"
_WORDS = {
    "agent": "finds customers and asks for refunds up to a limit",
    "lead": "the same, with higher limits, and approves what is over an agent’s",
    "finance": "revenue, tax, documents, reconciliation",
    "auditor": "who did what to whose money, and whether the trail is whole",
    "engineer": "freshness, quarantine, checks",
}


class SandboxRefused(RuntimeError):
    """Signing in as anybody was asked for beside something that is not a stand-in on this machine."""


def refuse_unless_local(settings: Settings) -> None:
    """Raise SandboxRefused unless every gateway and the service itself are on 127.0.0.1."""
    far = [account.name for account in settings.accounts if urlsplit(account.api_base).hostname != LOOPBACK]
    if far:
        raise SandboxRefused(
            f"The sandbox sign-in is refused: the api_base of {', '.join(far)} is not on {LOOPBACK}. "
            "Unset COUNTERFOIL_SANDBOX, or point every account at the sandbox."
        )
    if settings.web.host != LOOPBACK:
        raise SandboxRefused(
            f"The sandbox sign-in is refused: web.host is {settings.web.host}, not {LOOPBACK}. "
            "Unset COUNTERFOIL_SANDBOX, or let the service listen on 127.0.0.1 only."
        )


@router.get("/sandbox/sign-in")
def show(request: Request, visitor: Anybody) -> Response:
    """One button per role."""
    service = service_of(request)
    response = service.pages.html(request, visitor, "sandbox_sign_in.html", roles=_WORDS)
    if not visitor.name:
        service.sessions.write(response, visitor.session)
    return response


@router.post("/sandbox/sign-in")
def sign_in(request: Request, visitor: Anybody, role: Annotated[str, Form(max_length=20)]) -> Response:
    """Begin a session as the sandbox's account of a role."""
    service = service_of(request)
    user = service.accounts.find(sandbox_name(role)) if role in SANDBOX_ROLES else None
    if user is None:
        return service.pages.html(
            request, visitor, "message.html", status=400, title="No such role", sentence=f"There is no role “{role}”."
        )
    return begin(service, user, "")
