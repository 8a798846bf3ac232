"""A session inside a helpdesk's frame: one agent, one ticket, an hour, carried in the frame's own addresses.

Cookies of frames are blocked by some browsers and shared by all tickets in the others, so that the frame's pages carry
an encrypted token instead: /in/<token>/panel. Nobody can read it or make one, it is good for this ticket only, and each
page that is shown has a fresh one. What opened it is told in `via`, which requests keep as `authenticated_by`.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken

from counterfoil.kept_secrets import fernet_of
from dashboards.panel.clues import Clues

LIVES = timedelta(hours=1)
"""How long one page can be used before the ticket must be opened anew."""
LIVES_IN_ALL = timedelta(hours=10)
"""How long fresh tokens are made after the agent was identified."""
IN_FRAME = re.compile(r"/in/([A-Za-z0-9_=-]{40,4000})(/.*)")
_INSIDE = re.compile(r"/panel(/[a-z]+)?|/ask|/actions|/actions/[0-9a-f-]{36}(/state)?")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a token says."""

    helpdesk: str
    """kind/label, such as "zendesk/main"."""
    ticket: str
    """The helpdesk's id of the ticket."""
    name: str
    """The agent's local account, and its version."""
    version: int
    csrf: str
    via: str
    """How the agent is known: "zendesk", "intercom", or "session" where they signed in to Counterfoil."""
    began_at: str
    """When they were identified: ISO 8601, UTC."""
    clues: Clues

    @property
    def ticket_name(self) -> str:
        """How requests and tags name the ticket."""
        return f"{self.helpdesk}/{self.ticket}"


class FrameExpired(Exception):
    """The token was good once: the ticket must be opened anew."""

    def __init__(self, frame: Frame) -> None:
        super().__init__("This panel was open for too long.")
        self.frame = frame


class Frames:
    """Makes and reads the tokens."""

    def __init__(self, key: bytes) -> None:
        self._fernet = fernet_of(key, "counterfoil.frame")

    def token(self, frame: Frame, *, now: datetime) -> str:
        """A fresh token for a frame."""
        text = json.dumps({**asdict(frame), "clues": frame.clues.as_json()}, separators=(",", ":"))
        return self._fernet.encrypt_at_time(text.encode(), int(now.timestamp())).decode()

    def age(self, token: str, *, now: datetime) -> timedelta:
        """How long ago a token was made. Of a token that was read before."""
        return timedelta(seconds=now.timestamp() - self._fernet.extract_timestamp(token.encode()))

    def read(self, token: str, *, now: datetime) -> Frame | None:
        """The frame of a token; None where it is none of ours. Raises FrameExpired."""
        try:
            raw = self._fernet.decrypt(token.encode())
            made_at = self._fernet.extract_timestamp(token.encode())
            frame = _frame(json.loads(raw))
        except (InvalidToken, ValueError, KeyError, TypeError):
            return None
        age = now.timestamp() - made_at
        in_all = now - datetime.fromisoformat(frame.began_at)
        if not -60 < age <= LIVES.total_seconds() or in_all > LIVES_IN_ALL:
            raise FrameExpired(frame)
        return frame


def new_frame(helpdesk: str, ticket: str, name: str, version: int, *, via: str, clues: Clues, now: datetime) -> Frame:
    """A frame with a CSRF token of its own."""
    return Frame(helpdesk, ticket, name, version, secrets.token_urlsafe(24), via, now.isoformat(), clues)


def with_clues(frame: Frame, clues: Clues) -> Frame:
    """The same frame with other clues."""
    return replace(frame, clues=clues)


def parted(path: str) -> tuple[str, str] | None:
    """(token, path inside) of an address in a frame; None for every other one."""
    found = IN_FRAME.fullmatch(path)
    return (found[1], found[2]) if found and _INSIDE.fullmatch(found[2]) else None


def _frame(value: dict[str, Any]) -> Frame:
    return Frame(**{**value, "clues": Clues.from_json(value["clues"])})
