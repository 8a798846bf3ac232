"""Agents of helpdesks that do not sign who looks: they sign in to Counterfoil once and connect the panel for 12 hours.

Signed in, in a window of its own, the agent gets a code that is good for two minutes and once; the panel takes it and
keeps a signed cookie in the frame's own partition (CHIPS), so that no other site's frame ever has it.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

COOKIE = "counterfoil_helpdesk"
LIVES_S = 12 * 60 * 60
CODE_LIVES = timedelta(minutes=2)
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
LENGTH = 10
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Connected:
    """Whose panel it is."""

    helpdesk: str
    name: str
    version: int


class Connections:
    """Codes in memory, cookies signed; thread-safe. A restart forgets codes, which are made anew with a click."""

    def __init__(self, key: bytes, *, is_secure: bool) -> None:
        self._cookies = URLSafeTimedSerializer(key, salt="counterfoil.helpdesk")
        self._is_secure = is_secure
        self._codes: OrderedDict[str, tuple[datetime, Connected]] = OrderedDict()
        self._used: OrderedDict[str, datetime] = OrderedDict()
        self._lock = threading.Lock()

    def code_for(self, connected: Connected, *, now: datetime) -> str:
        """A fresh code."""
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        with self._lock:
            self._codes[code] = (now + CODE_LIVES, connected)
            while len(self._codes) > MOST:
                self._codes.popitem(last=False)
        return code

    def take(self, code: str, helpdesk: str, *, now: datetime) -> Connected | None:
        """Whose code it is, once; None for a wrong, old or used one."""
        plain = "".join(sign for sign in code.upper() if sign in LETTERS)
        with self._lock:
            until, connected = self._codes.pop(plain, (now, None))
        return connected if connected and now < until and connected.helpdesk == helpdesk else None

    def is_new(self, digest: str, *, now: datetime, lives: timedelta) -> bool:
        """Note a signature that may be believed once only; False where it was seen before."""
        with self._lock:
            while self._used and next(iter(self._used.values())) < now:
                self._used.popitem(last=False)
            if digest in self._used:
                return False
            self._used[digest] = now + lives
            return True

    def read(self, request: Request, helpdesk: str) -> Connected | None:
        """Whose panel a request comes from; None where it is nobody's, or another helpdesk's."""
        try:
            value = self._cookies.loads(request.cookies.get(COOKIE, ""), max_age=LIVES_S)
            found = Connected(**value)
        except (BadData, TypeError):
            return None
        return found if found.helpdesk == helpdesk else None

    def write(self, response: Response, connected: Connected) -> None:
        """Keep it in the frame's partition. Python 3.11 cannot write `Partitioned`, so that the header is our own."""
        value = self._cookies.dumps(asdict(connected))
        rest = "SameSite=None; Secure; Partitioned" if self._is_secure else "SameSite=Lax"
        cookie = f"{COOKIE}={value}; Path=/panel; Max-Age={LIVES_S}; HttpOnly; {rest}"
        response.headers.append("set-cookie", cookie)
