"""Signing in with a local account, and out. Tries are limited per name and per address."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from counterfoil.users import User, check_password, normalised
from dashboards.roles import Anybody, Visitor, home_of
from dashboards.service import Service, service_of
from dashboards.sessions import new_session

router = APIRouter()
WRONG = "The name or the password is not right."
TOO_OFTEN = "Too many tries. Wait five minutes, then try again."


@router.get("/sign-in")
def show(request: Request, visitor: Anybody, next: str = "") -> Response:
    """The form; it carries the token of a session without a name."""
    return _form(request, visitor, next)


@router.post("/sign-in")
def sign_in(
    request: Request,
    visitor: Anybody,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    next: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Check the password and begin a new session."""
    service = service_of(request)
    address = request.client.host if request.client else ""
    now = service.clock()
    keys = (f"name:{normalised(name)[:100]}", f"address:{address}")
    tries = [service.sign_ins.is_over(key, now=now) for key in keys]
    if any(tries):
        return _form(request, visitor, next, sentence=TOO_OFTEN, status=429)
    user = check_password(service.paths, name, password)
    if user is None:
        return _form(request, visitor, next, sentence=WRONG, status=401)
    for key in keys:
        service.sign_ins.forget(key)
    return begin(service, user, next)


@router.post("/sign-out")
def sign_out(request: Request, visitor: Anybody) -> Response:
    """End the session in this browser."""
    response = RedirectResponse("/sign-in", 303)
    service_of(request).sessions.clear(response)
    return response


def begin(service: Service, user: User, next_path: str) -> Response:
    """A new session, so that one planted before sign-in is worth nothing, and on to where the person wanted to go."""
    response = RedirectResponse(own_path(next_path) or home_of(user.role), 303)
    service.sessions.write(response, new_session(user.name, user.version))
    return response


def own_path(path: str) -> str:
    """`path` if it is one of this service, else nothing: nobody is sent elsewhere after sign-in."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if is_own and path != "/" else ""


def _form(request: Request, visitor: Visitor, next_path: str, *, sentence: str = "", status: int = 200) -> Response:
    service = service_of(request)
    response = service.pages.html(
        request, visitor, "sign_in.html", status=status, sentence=sentence, next=own_path(next_path)
    )
    if not visitor.name:
        service.sessions.write(response, visitor.session)
    return response
