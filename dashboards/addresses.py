"""Addresses with their filters."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from connectors.actions import ACTIONS


def with_query(path: str, query: Mapping[str, str | None], **changes: str | int | None) -> str:
    """An address with its filters: those of `query`, changed by `changes`; None takes one away."""
    merged = {**query, **{name.rstrip("_"): value for name, value in changes.items()}}
    kept = {name: str(value) for name, value in merged.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def ask_for(action: str, account: str, object_id: str) -> str:
    """The address of the page that asks for an action on an object."""
    about = {"action": action, "account": account, "kind": ACTIONS[action].object_kind, "id": object_id}
    return with_query("/ask", about)
