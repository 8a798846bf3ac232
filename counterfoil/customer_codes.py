"""Codes that let a customer in who comes without a link: only a digest is kept, for ten minutes, for five tries, once.

An attempt is what one browser began. The web service names it, the worker makes its code and mails it, and keeps the
digest here. Tries are counted whether or not there is a code, so that nothing tells whether somebody was written to.
"""

from __future__ import annotations

import json
import re
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from counterfoil.paths import Paths
from counterfoil.written_once import write_once

LIVES = timedelta(minutes=10)
TRIES = 5
DIGITS = 8
_ATTEMPT = re.compile(r"[0-9a-f]{32}")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _HASHER.hash(secrets.token_hex(16))


class Codes:
    """The codes of one installation."""

    def __init__(self, paths: Paths) -> None:
        self._folder = paths.customers / "codes"

    def make(self, attempt: str, person_id: str, *, now: datetime) -> str | None:
        """A fresh code for an attempt; None where it has one already. Raises ValueError for no attempt of ours."""
        self._sweep(now)
        code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        kept = {"person_id": person_id, "hash": _HASHER.hash(code), "until": (now + LIVES).isoformat()}
        return code if write_once(self._folder, _checked(attempt), json.dumps(kept).encode()) else None

    def take(self, attempt: str, code: str, *, now: datetime) -> str | None:
        """The person whose code it is, once; None for a wrong, old, used or exhausted one, after the same time."""
        path = self._folder / _checked(attempt)
        may_try = any(write_once(self._folder, f"{attempt}.{number}", b"") for number in range(TRIES))
        try:
            kept = json.loads(path.read_bytes())
        except (OSError, ValueError):
            kept = {}
        digits = "".join(sign for sign in code if sign.isascii() and sign.isdigit())[: DIGITS + 1]
        is_right = _is_right(str(kept.get("hash", _NOBODY)), digits)
        if not (is_right and may_try and kept and now < datetime.fromisoformat(kept["until"])):
            return None
        try:
            path.unlink()
        except FileNotFoundError:
            return None  # the same code came twice at once
        return str(kept["person_id"])

    def _sweep(self, now: datetime) -> None:
        old = (now - timedelta(hours=1)).timestamp()
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path.stat().st_mtime < old:
                path.unlink(missing_ok=True)


def new_attempt() -> str:
    """The name of an attempt: nobody can guess it."""
    return secrets.token_hex(16)


def _checked(attempt: str) -> str:
    if not _ATTEMPT.fullmatch(attempt):
        raise ValueError("This is the name of no attempt.")
    return attempt


def _is_right(hashed: str, code: str) -> bool:
    try:
        return _HASHER.verify(hashed, code)
    except (VerificationError, InvalidHashError):
        return False
