"""Local accounts: one file of argon2 hashes, replaced atomically. The web service and the CLI both read it.

Each account carries a version; a change of password or role gives it a new one, and older sessions end.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from filelock import FileLock

from counterfoil.paths import Paths
from counterfoil.policy import Role

MIN_PASSWORD = 10
MAX_PASSWORD = 1_000
_NAME = re.compile(r"^[a-z0-9][a-z0-9._+@-]{1,99}$")
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex(16))
"""Checked for names that do not exist, so that the time taken does not tell which names do."""


class UserInvalid(ValueError):
    """The name, role or password cannot be used; the text says what to change."""


class UsersUnreadable(ValueError):
    """users.json is not what this module wrote."""


@dataclass(frozen=True, slots=True)
class User:
    """One local account. `repr` never shows the hash, because it is not part of it."""

    name: str
    role: str
    version: int


def normalised(name: str) -> str:
    """The one spelling of a user name: lower case, no blanks around it."""
    return name.strip().lower()


def add_user(paths: Paths, name: str, role: str, password: str) -> User:
    """Make an account, or give an existing one this role and password; raise UserInvalid."""
    name = normalised(name)
    _check(name, role, password)
    with _lock(paths):
        entries = _read(paths.users)
        # Drawn, not counted: an account that was removed and made again never takes up its old sessions.
        user = User(name, role, secrets.randbits(52))
        entries[name] = {**asdict(user), "hash": _HASHER.hash(password)}
        _replace(paths.users, entries)
    return user


def remove_user(paths: Paths, name: str) -> bool:
    """Take an account away; its sessions end with it. False where there was none."""
    with _lock(paths):
        entries = _read(paths.users)
        if entries.pop(normalised(name), None) is None:
            return False
        _replace(paths.users, entries)
    return True


def read_users(paths: Paths) -> dict[str, User]:
    """All accounts by name; empty where there is no file. Raises UsersUnreadable."""
    entries = _read(paths.users)
    return {name: User(name, str(entry["role"]), int(entry["version"])) for name, entry in entries.items()}


def check_password(paths: Paths, name: str, password: str) -> User | None:
    """Return the account if the password is right, else None; it takes the same time either way."""
    entry = _read(paths.users).get(normalised(name))
    hashed = str(entry["hash"]) if entry else _NOBODY
    try:
        _HASHER.verify(hashed, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    return User(normalised(name), str(entry["role"]), int(entry["version"])) if entry else None


def _check(name: str, role: str, password: str) -> None:
    if not _NAME.match(name):
        raise UserInvalid(
            f"{name!r} is not a user name: 2 to 100 letters, digits or . _ + @ -, such as jo@example.com."
        )
    if role not in get_args(Role) or role == "customer":
        known = ", ".join(known for known in get_args(Role) if known != "customer")
        raise UserInvalid(f"{role!r} is not a role; choose one of: {known}.")
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UserInvalid(f"The password must have {MIN_PASSWORD} to {MAX_PASSWORD} characters.")


def _lock(paths: Paths) -> FileLock:
    paths.var.mkdir(parents=True, exist_ok=True)
    return FileLock(paths.users.with_suffix(".lock"))


def _read(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_bytes())
        if all({"role", "version", "hash"} <= set(entry) for entry in entries.values()):
            return dict(entries)
    except (ValueError, AttributeError, TypeError):
        pass
    raise UsersUnreadable(f"{path} is not a file of accounts; restore it, or delete it and add the accounts again.")


def _replace(path: Path, entries: dict[str, dict[str, Any]]) -> None:
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(entries, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
