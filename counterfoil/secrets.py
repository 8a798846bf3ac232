"""Secrets: from the environment, from a file named by NAME_FILE, or from .env. Never from the settings.

`Secret` shows nothing in repr, str or logs; `.reveal()` is called only where it is used.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


class SecretMissing(LookupError):
    """A secret is nowhere; the text says which and where to put it."""


class Secret:
    """A text that does not show itself."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


def read_secret(name: str, environ: Mapping[str, str] = os.environ, env_file: Path = Path(".env")) -> Secret:
    """Return the secret `name`; raise SecretMissing."""
    if environ.get(name):
        return Secret(environ[name])
    if environ.get(f"{name}_FILE"):
        path = Path(environ[f"{name}_FILE"])
        if not path.is_file():
            raise SecretMissing(f"{name}_FILE names {path}, which is no file.")
        return Secret(path.read_text(encoding="utf-8").strip())
    found = _from_env_file(name, env_file)
    if found:
        return Secret(found)
    raise SecretMissing(f"{name} is not set. Put it into the environment, into .env, or name its file in {name}_FILE.")


def _from_env_file(name: str, path: Path) -> str:
    if not path.is_file():
        return ""
    for line in path.read_text(encoding="utf-8").splitlines():
        key, separator, value = line.partition("=")
        if separator and key.strip() == name:
            return value.strip().strip("\"'")
    return ""
