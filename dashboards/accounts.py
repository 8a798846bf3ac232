"""The accounts that may sign in, as they stand now: users.json, and in the sandbox one account per role beside it."""

from __future__ import annotations

from counterfoil.paths import Paths
from counterfoil.users import User, read_users

SANDBOX_ROLES = ("agent", "lead", "finance", "auditor", "engineer")


def sandbox_name(role: str) -> str:
    """The account that the sandbox signs in for a role."""
    return f"{role}@sandbox.example"


class Accounts:
    """Looks accounts up; reads the file again only when it was replaced."""

    def __init__(self, paths: Paths, *, is_sandbox: bool) -> None:
        self._paths = paths
        roles = SANDBOX_ROLES if is_sandbox else ()
        self._sandbox = {sandbox_name(role): User(sandbox_name(role), role, 0) for role in roles}
        self._seen: tuple[int, int] | None = None
        self._users: dict[str, User] = {}

    def find(self, name: str) -> User | None:
        """The account of this name, or None; sandbox accounts exist in the sandbox only."""
        return self._sandbox.get(name) or self._current().get(name)

    def _current(self) -> dict[str, User]:
        path = self._paths.users
        stamp = (path.stat().st_mtime_ns, path.stat().st_ino) if path.exists() else None
        if stamp != self._seen:
            self._users = read_users(self._paths)
            self._seen = stamp
        return self._users
