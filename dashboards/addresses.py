"""Addresses with their filters."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode


def with_query(path: str, query: Mapping[str, str | None], **changes: str | int | None) -> str:
    """An address with its filters: those of `query`, changed by `changes`; None takes one away."""
    merged = {**query, **{name.rstrip("_"): value for name, value in changes.items()}}
    kept = {name: str(value) for name, value in merged.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path
