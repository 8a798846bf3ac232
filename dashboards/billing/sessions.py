"""A customer's session: a cookie for /billing alone, encrypted, for two hours. It is no session of staff.

Before somebody is let in there is one too, with no person, so that the forms at the door cannot be forged either.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from starlette.requests import Request
from starlette.responses import Response

from counterfoil.kept_secrets import fernet_of, kept_secret
from counterfoil.paths import Paths

COOKIE = "counterfoil_customer"
PATH = "/billing"
BY_CODE = "customer code"
_BY_LINK = "customer link by "
BY_STAFF = "staff "
"""How the makers of links begin who are people of the company, before their name."""
LIVES = timedelta(hours=2)
_PURPOSE = "counterfoil.customer.session"


@dataclass(frozen=True, slots=True)
class CustomerSession:
    """`person_id` is empty at the door."""

    person_id: str
    csrf: str
    via: str
    """How we know them, as requests tell it: "customer code", "customer link by cli"."""
    until: int
    """When it ends, whatever is done meanwhile: seconds since 1970."""
    language: str = ""
    """Chosen by the customer; empty: the browser's."""
    attempt: str = ""
    """At the door: the attempt that waits for its code."""

    @property
    def is_by_staff(self) -> bool:
        """Whether a link let them in that somebody of the company made, who could have opened it as well."""
        return self.via.startswith(by_link(BY_STAFF))


def by_link(made_by: str) -> str:
    """How somebody is known whom a link let in."""
    return _BY_LINK + made_by


def new_session(person_id: str = "", *, via: str = "", now: datetime, language: str = "") -> CustomerSession:
    """A fresh session with a token for its forms."""
    return CustomerSession(person_id, secrets.token_urlsafe(24), via, int((now + LIVES).timestamp()), language)


class CustomerSessions:
    """Reads and writes the cookie."""

    def __init__(self, paths: Paths, *, is_secure: bool) -> None:
        self._key = paths.customers_key
        self._is_secure = is_secure

    def read(self, request: Request, *, now: datetime) -> CustomerSession | None:
        """The session of a request; None where there is none, it was changed or revoked, or has ended."""
        try:
            raw = fernet_of(kept_secret(self._key), _PURPOSE).decrypt(request.cookies.get(COOKIE, "").encode())
            session = CustomerSession(**json.loads(raw))
        except (InvalidToken, ValueError, TypeError):
            return None
        return session if now.timestamp() < session.until else None

    def write(self, response: Response, session: CustomerSession) -> None:
        """Set the cookie. Lax, because customers come from links on other sites and in mails."""
        value = fernet_of(kept_secret(self._key), _PURPOSE).encrypt(json.dumps(asdict(session)).encode()).decode()
        seconds = int(LIVES.total_seconds())
        response.set_cookie(
            COOKIE, value, max_age=seconds, path=PATH, httponly=True, secure=self._is_secure, samesite="lax"
        )

    def clear(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(COOKIE, path=PATH, httponly=True, secure=self._is_secure, samesite="lax")


def with_language(session: CustomerSession, language: str) -> CustomerSession:
    """The same session in another language."""
    return replace(session, language=language)


def waiting_for(session: CustomerSession, attempt: str) -> CustomerSession:
    """The session at the door, waiting for the code of an attempt."""
    return replace(session, attempt=attempt)
