"""Who looks at a customer's page: judged by the customer's own cookie, never by that of staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from counterfoil.languages import LANGUAGES, language_of, preferred
from dashboards.billing.sessions import CustomerSession, new_session
from dashboards.roles import ANYBODY, EVERYBODY, May, Visitor
from dashboards.service import service_of
from dashboards.sessions import Session
from warehouse.reads.people import Person, find_person

CUSTOMER = frozenset({"customer"})


class NotLetIn(Exception):
    """The page is for a customer who was let in."""


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer who was let in."""

    person: Person
    session: CustomerSession
    visitor: Visitor
    """As requests know them: role customer."""


class MayCustomer(May):
    """Like `May`, by the customer's cookie: lets customers through, or everybody to the door."""

    async def __call__(self, request: Request) -> Visitor:
        visitor = customer_visitor(request)
        if ANYBODY not in self.roles and visitor.role not in self.roles:
            raise NotLetIn
        await self.check_form(request, visitor.session)
        return visitor


def session_of(request: Request) -> CustomerSession:
    """The customer's session of a request; one that was just made where there is none."""
    service = service_of(request)
    found = service.counter.sessions.read(request, now=service.clock())
    return found or new_session(now=service.clock())


def customer_visitor(request: Request) -> Visitor:
    """The customer behind a request as a visitor; nobody at the door."""
    session = session_of(request)
    name = f"customer:{session.person_id}" if session.person_id else ""
    return Visitor(name, "customer" if name else "", Session(name, 0, session.csrf), known_by=session.via)


def language_for(request: Request, person: Person | None = None) -> str:
    """Which language to speak: as chosen, as the browser asks, as in the customer's country."""
    service = service_of(request)
    session = service.counter.sessions.read(request, now=service.clock())
    chosen = session.language if session else ""
    asked = request.query_params.get("language", "")
    known = [code for code in (asked, chosen) if code in LANGUAGES]
    country = person.country if person else None
    return next(iter(known), None) or preferred(request.headers.get("accept-language", "")) or language_of(country)


def customer_of(request: Request, visitor: Annotated[Visitor, Depends(MayCustomer(CUSTOMER))]) -> Customer:
    """The customer of a page. Raises NotLetIn where the person is gone, as when their address was changed."""
    session = session_of(request)
    person = find_person(service_of(request).published, session.person_id)
    if person is None:
        raise NotLetIn
    return Customer(person, session, visitor)


AsCustomer = Annotated[Customer, Depends(customer_of)]
AtTheDoor = Annotated[Visitor, Depends(MayCustomer(EVERYBODY))]
"""Nobody in particular yet; forms carry the token of their session all the same."""
