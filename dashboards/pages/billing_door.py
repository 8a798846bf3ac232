"""How a customer gets in: by a link, or by a code that is sent to the address that we have of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from counterfoil.customer_codes import new_attempt
from counterfoil.customer_links import LinkExpired, LinkInvalid
from dashboards.billing.codes import LONGEST_ADDRESS, plain_address, send_code_soon
from dashboards.billing.sessions import BY_CODE, CustomerSession, by_link, new_session, waiting_for
from dashboards.billing.visits import AtTheDoor, language_for, session_of
from dashboards.service import Service, service_of

router = APIRouter()


@router.get("/billing/enter/{token}")
def enter(request: Request, visitor: AtTheDoor, token: str) -> Response:
    """A page with one button, which a script presses: what only looks at links, as mail scanners do, uses none up."""
    service, session = service_of(request), session_of(request)
    if (refused := _unreadable(service, token)) is not None:
        return _at_the_door(request, session, problem=refused, status=403)
    return _shown(request, "enter.html", session, token=token)


@router.post("/billing/enter")
def entered(request: Request, visitor: AtTheDoor, token: Annotated[str, Form(max_length=2_000)]) -> Response:
    """The link is used up, and a session of the person's own begins."""
    service, session = service_of(request), session_of(request)
    now, links = service.clock(), service.counter.links
    if service.counter.tried.is_over(_place(request), now=now):
        return _at_the_door(request, session, problem="too_often", status=429)
    try:
        link = links.read(token, now=now)
    except (LinkInvalid, LinkExpired) as error:
        return _at_the_door(request, session, problem=_word_for(error), status=403)
    links.forget_used(now=now)
    if not links.use(link):
        return _at_the_door(request, session, problem="used", status=403)
    begun = new_session(link.person_id, via=by_link(link.made_by), now=now, language=link.language)
    return _let_in(service, begun)


@router.get("/billing/code")
def door(request: Request, visitor: AtTheDoor) -> Response:
    """The form for an e-mail address."""
    return _at_the_door(request, session_of(request))


@router.post("/billing/code")
def asked(request: Request, visitor: AtTheDoor, email: Annotated[str, Form(max_length=LONGEST_ADDRESS)]) -> Response:
    """The same page for every address, known or not, and then, perhaps, a mail."""
    service, session = service_of(request), session_of(request)
    now, address = service.clock(), plain_address(email)
    over = [
        service.counter.asked_by_address.is_over(_place(request), now=now),
        service.counter.asked_for_address.is_over(address, now=now),
    ]
    if any(over):
        return _at_the_door(request, session, problem="too_often", status=429)
    attempt = new_attempt()
    response = _shown(request, "code.html", waiting_for(session, attempt), problem="")
    send_code_soon(service, address, attempt, language_for(request))
    return response


@router.post("/billing/code/check")
def checked(request: Request, visitor: AtTheDoor, code: Annotated[str, Form(max_length=40)]) -> Response:
    """Let in whoever has the code of the attempt that this browser began."""
    service, session = service_of(request), session_of(request)
    now = service.clock()
    if service.counter.tried.is_over(_place(request), now=now):
        return _at_the_door(request, session, problem="too_often", status=429)
    person_id = service.counter.codes.take(session.attempt, code, now=now) if session.attempt else None
    if person_id is None:
        return _shown(request, "code.html", session, status=403, problem="wrong")
    return _let_in(service, new_session(person_id, via=BY_CODE, now=now, language=session.language))


@router.post("/billing/sign-out")
def left(request: Request, visitor: AtTheDoor) -> Response:
    """End the session in this browser."""
    response = RedirectResponse("/billing/code", 303)
    service_of(request).counter.sessions.clear(response)
    return response


@router.post("/billing/language")
def spoken(request: Request, visitor: AtTheDoor, language: Annotated[str, Form(max_length=2)]) -> Response:
    """Another language for this session; back to where the customer was let in, or to the door."""
    session = replace(session_of(request), language=language)
    response = RedirectResponse("/billing" if session.person_id else "/billing/code", 303)
    service_of(request).counter.sessions.write(response, session)
    return response


def _let_in(service: Service, session: CustomerSession) -> Response:
    response = RedirectResponse("/billing", 303)
    service.counter.sessions.write(response, session)
    return response


def _unreadable(service: Service, token: str) -> str | None:
    """The word for what is wrong with a token; None where nothing is."""
    try:
        service.counter.links.read(token, now=service.clock())
    except (LinkInvalid, LinkExpired) as error:
        return _word_for(error)
    return None


def _word_for(error: LinkInvalid | LinkExpired) -> str:
    return "expired" if isinstance(error, LinkExpired) else "invalid"


def _at_the_door(request: Request, session: CustomerSession, *, problem: str = "", status: int = 200) -> Response:
    has_mail = service_of(request).settings.mail is not None
    return _shown(request, "door.html", session, status=status, problem=problem, has_mail=has_mail)


def _shown(request: Request, template: str, session: CustomerSession, *, status: int = 200, **context: Any) -> Response:
    """A page at the door, with the session whose token its form carries; somebody who was let in keeps theirs."""
    service = service_of(request)
    response = service.customer_pages.html(request, template, session, status=status, **context)
    service.counter.sessions.write(response, session)
    return response


def _place(request: Request) -> str:
    return request.client.host if request.client else ""
