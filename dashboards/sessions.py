"""Who is signed in: a signed cookie that names the account and its version, and holds the forms' CSRF token.

Before sign-in there is a session too, with no name, so that the sign-in form itself cannot be forged.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from counterfoil.kept_secrets import kept_secret

COOKIE = "counterfoil_session"
MAX_AGE_S = 12 * 60 * 60


@dataclass(frozen=True, slots=True)
class Session:
    """`name` is empty before sign-in."""

    name: str
    version: int
    csrf: str


def new_session(name: str = "", version: int = 0) -> Session:
    """A fresh session with its own CSRF token; made anew at each sign-in."""
    return Session(name, version, secrets.token_urlsafe(24))


class Sessions:
    """Reads and writes the cookie, and signs what a form carries from one page to the next."""

    def __init__(self, key: bytes, *, is_secure: bool) -> None:
        self._cookies = URLSafeTimedSerializer(key, salt="counterfoil.session")
        self._forms = URLSafeTimedSerializer(key, salt="counterfoil.form")
        self._is_secure = is_secure

    def read(self, request: Request) -> Session | None:
        """The session of a request; None where there is none, or it was changed, or is too old."""
        try:
            return Session(**self._cookies.loads(request.cookies.get(COOKIE, ""), max_age=MAX_AGE_S))
        except (BadData, TypeError):
            return None

    def write(self, response: Response, session: Session) -> None:
        """Set the cookie."""
        response.set_cookie(
            COOKIE,
            self._cookies.dumps(asdict(session)),
            max_age=MAX_AGE_S,
            httponly=True,
            secure=self._is_secure,
            samesite="lax",
        )

    def clear(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(COOKIE, httponly=True, secure=self._is_secure, samesite="lax")

    def seal(self, value: dict[str, Any]) -> str:
        """Sign what a form must bring back unchanged."""
        return str(self._forms.dumps(value))

    def unseal(self, text: str, *, max_age_s: int) -> dict[str, Any] | None:
        """Read what a form brought back; None where it was changed or is too old."""
        try:
            value = self._forms.loads(text, max_age=max_age_s)
        except BadData:
            return None
        return value if isinstance(value, dict) else None


def session_key(folder: Path) -> bytes:
    """The secret behind the cookies: made once, readable by its owner only. Delete it to end every session."""
    return kept_secret(folder / "session.key")
