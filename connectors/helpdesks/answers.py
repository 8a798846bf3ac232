"""Reading the answers of helpdesks: JSON may lack anything, and nothing of it is taken for more than it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.errors import UnexpectedShape


def part(value: object, *names: str) -> dict[str, Any]:
    """The object below some names; empty where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return dict(value) if isinstance(value, Mapping) else {}


def entries(value: object, *names: str) -> list[dict[str, Any]]:
    """The objects of a list below some names; empty where there is none."""
    inner = part(value, *names[:-1]).get(names[-1]) if names else value
    return [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []


def text(value: object) -> str:
    """A text or whole number as text; empty for anything else."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def required(value: object, what: str) -> str:
    """A text that must be there. Raises UnexpectedShape."""
    found = text(value)
    if not found:
        raise UnexpectedShape(f"The helpdesk's answer has no {what}.")
    return found


def time_of(value: object) -> datetime | None:
    """ISO 8601 text or seconds since 1970, as a time in UTC; None where it is neither."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def chosen_fields(wanted: Mapping[Any, str], values: Mapping[str, object]) -> dict[str, str]:
    """The custom fields that the settings name, by our words; `values`: the helpdesk's id or key -> value."""
    found = {word: text(values.get(key)).strip() for word, key in wanted.items()}
    return {word: value for word, value in found.items() if value}
