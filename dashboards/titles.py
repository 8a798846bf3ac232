"""Actions and their details in words, also of runs that strangers made, which may say anything."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.actions import ACTIONS
from connectors.requested import WORDS


def full_title(action: object) -> str:
    """An action in words that stand alone: "Cancel subscription", "Apply a coupon"; anything else as it is."""
    if not isinstance(action, str) or action not in ACTIONS:
        return str(action or "Action")[:80].replace("_", " ").capitalize()
    title, kind = ACTIONS[action].title, ACTIONS[action].object_kind
    return title if " " in title or kind == "charge" else f"{title} {kind}"


def details_in_words(details: object) -> dict[str, str]:
    """The details of a request: label -> value."""
    if not isinstance(details, Mapping):
        return {}
    return {WORDS.get(str(name), str(name)[:80]): value_in_words(value) for name, value in details.items()}


def value_in_words(value: object) -> str:
    """A detail's value as a person reads it."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)[:600]
