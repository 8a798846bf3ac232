"""Who may open which page. Every route states it through `May`; the service does not start while one does not."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from dashboards.frames import Frame, FrameExpired
from dashboards.framing import token_of
from dashboards.service import service_of
from dashboards.sessions import Session, new_session

ANYBODY = "anybody"
EVERYBODY = frozenset({ANYBODY})
STAFF = frozenset({"agent", "lead", "finance", "auditor", "engineer"})
SUPPORT = frozenset({"agent", "lead"})
LEAD = frozenset({"lead"})
FINANCE = frozenset({"finance"})
AUDITOR = frozenset({"auditor"})
ENGINEER = frozenset({"engineer"})
CUSTOMER_READERS = SUPPORT | FINANCE
ACTION_READERS = SUPPORT | AUDITOR
BATCH_MAKERS = LEAD | FINANCE
BATCH_READERS = BATCH_MAKERS | AUDITOR
DOCUMENT_READERS = FINANCE | AUDITOR
PDF_READERS = SUPPORT | DOCUMENT_READERS


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One line of the navigation, shown to the roles that may open it."""

    label: str
    path: str
    roles: frozenset[str]


PAGES = (
    NavigationEntry("Revenue", "/", FINANCE),
    NavigationEntry("Subscriptions", "/subscriptions", FINANCE),
    NavigationEntry("Customers", "/customers", CUSTOMER_READERS),
    NavigationEntry("Actions", "/actions", ACTION_READERS),
    NavigationEntry("Batches", "/batches", BATCH_READERS),
    NavigationEntry("Audit", "/audit", AUDITOR),
    NavigationEntry("Invoices", "/invoices", FINANCE),
    NavigationEntry("Disputes", "/disputes", FINANCE),
    NavigationEntry("Tax", "/tax", FINANCE),
    NavigationEntry("Documents", "/documents", DOCUMENT_READERS),
    NavigationEntry("Reconciliation", "/reconciliation", FINANCE),
    NavigationEntry("Pipelines", "/pipelines", ENGINEER),
)


def home_of(role: str) -> str:
    """The first page that a role may open."""
    return next((page.path for page in PAGES if role in page.roles), "/sign-in")


class RouteWithoutRoles(RuntimeError):
    """A route does not say who may open it."""


class NotSignedIn(Exception):
    """The page needs a signed-in person."""


class NotAllowed(Exception):
    """The person's role is not among those that may open the page."""

    def __init__(self, role: str, may: frozenset[str]) -> None:
        super().__init__(f"The role {role} may not open this page.")
        self.role = role
        self.may = may


class FormForged(Exception):
    """A form came without the token of the session that it was shown to."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks: `name` and `role` are empty where nobody is signed in."""

    name: str
    role: str
    session: Session
    frame: Frame | None = None
    """Where the page stands in a helpdesk's frame: for which ticket."""
    known_by: str = "session"
    """How we know somebody who is in no frame."""

    @property
    def via(self) -> str:
        """How we know them, as requests tell it."""
        return self.frame.via if self.frame else self.known_by


class May:
    """A dependency that lets the given roles through and nobody else. It also checks the token of POSTed forms."""

    def __init__(self, roles: frozenset[str], *, is_form: bool = True) -> None:
        self.roles = roles
        self._is_form = is_form

    async def __call__(self, request: Request) -> Visitor:
        visitor = visitor_of(request)
        if ANYBODY not in self.roles:
            _check_role(visitor, self.roles)
        await self.check_form(request, visitor.session)
        return visitor

    async def check_form(self, request: Request, session: Session) -> None:
        """Raise FormForged for a POSTed form without the token of its session."""
        if self._is_form and request.method == "POST":
            await _check_form(request, session)


def _check_role(visitor: Visitor, roles: frozenset[str]) -> None:
    if not visitor.role:
        raise NotSignedIn
    if visitor.role not in roles:
        raise NotAllowed(visitor.role, roles)


def visitor_of(request: Request) -> Visitor:
    """The person behind a request, judged by the session and the account as it stands now.

    In a frame only the token in the address counts, never a cookie. Raises FrameExpired.
    """
    token = token_of(request)
    if token is not None:
        return _in_frame(request, token)
    service = service_of(request)
    session = service.sessions.read(request)
    user = service.accounts.find(session.name) if session and session.name else None
    if session is None or (session.name and (user is None or user.version != session.version)):
        return Visitor("", "", new_session())
    return Visitor(session.name, user.role if user else "", session)


def _in_frame(request: Request, token: str) -> Visitor:
    service = service_of(request)
    frame = service.frames.read(token, now=service.clock())
    user = service.accounts.find(frame.name) if frame else None
    if frame is None:
        raise HTTPException(404)
    if user is None or user.version != frame.version:
        raise FrameExpired(frame)
    return Visitor(frame.name, user.role, Session(frame.name, frame.version, frame.csrf), frame)


async def _check_form(request: Request, session: Session) -> None:
    token = (await request.form()).get("csrf")
    if not isinstance(token, str) or not hmac.compare_digest(token.encode(), session.csrf.encode()):
        raise FormForged


def check_routes(routes: Iterable[BaseRoute]) -> None:
    """Raise RouteWithoutRoles unless every route states its roles."""
    bare = [str(getattr(route, "path", route)) for route in routes if not _states_roles(route)]
    if bare:
        raise RouteWithoutRoles(f"These routes do not say who may open them: {', '.join(bare)}. Add a May(…) to each.")


def _states_roles(route: BaseRoute) -> bool:
    return isinstance(route, APIRoute) and _has_may(route.dependant)


def _has_may(dependant: Dependant) -> bool:
    return any(isinstance(part.call, May) or _has_may(part) for part in dependant.dependencies)


Anybody = Annotated[Visitor, Depends(May(EVERYBODY))]
SignedIn = Annotated[Visitor, Depends(May(STAFF))]
Support = Annotated[Visitor, Depends(May(SUPPORT))]
Lead = Annotated[Visitor, Depends(May(LEAD))]
Finance = Annotated[Visitor, Depends(May(FINANCE))]
Auditor = Annotated[Visitor, Depends(May(AUDITOR))]
Engineer = Annotated[Visitor, Depends(May(ENGINEER))]
CustomerReader = Annotated[Visitor, Depends(May(CUSTOMER_READERS))]
ActionReader = Annotated[Visitor, Depends(May(ACTION_READERS))]
BatchReader = Annotated[Visitor, Depends(May(BATCH_READERS))]
BatchMaker = Annotated[Visitor, Depends(May(BATCH_MAKERS))]
DocumentReader = Annotated[Visitor, Depends(May(DOCUMENT_READERS))]
PdfReader = Annotated[Visitor, Depends(May(PDF_READERS))]
Gateway = Annotated[Visitor, Depends(May(EVERYBODY, is_form=False))]
"""A gateway's message: nobody is signed in; the message's own signature is the proof."""
HelpdeskPage = Annotated[Visitor, Depends(May(EVERYBODY, is_form=False))]
"""What a helpdesk or its app in the browser asks for: its signature, a sealed field or a cookie is the proof."""
HelpdeskServer = Annotated[Visitor, Depends(May(EVERYBODY, is_form=False))]
"""A helpdesk's webhook: nobody is signed in; the message's own signature is the proof, and it is a hint only."""
