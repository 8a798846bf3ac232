"""Where a list of Recurly goes on: its `next` is followed as it is, but never to another host or another list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.errors import UnexpectedShape


def next_path(page: Mapping[str, Any], path: str) -> str | None:
    """Path and query of the next page; None at the end. `path` is the list's own. Raises UnexpectedShape."""
    more, following = page.get("has_more"), page.get("next")
    if not isinstance(more, bool):
        raise UnexpectedShape(f"Recurly's answer for {path} is no list.")
    if not more:
        return None
    if not isinstance(following, str):
        raise UnexpectedShape(f"Recurly says that more follows in {path}, and not where.")
    return checked(following, path)


def checked(following: str, path: str) -> str:
    """The key goes only to the account's own host, so that the host of a full address is left out."""
    parts = urlsplit(following)
    # A site's lists may also stand below /sites/<id>.
    if not parts.path.endswith(path) or not parts.path.startswith("/") or parts.path.startswith("//"):
        raise UnexpectedShape(f"The list {path} goes on at {following[:80]!r}, which is another one.")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
