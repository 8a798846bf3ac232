"""Intercom's Canvas Kit: components as JSON instead of a page. What others wrote is shown as text, never as markup.

Source: https://developers.intercom.com/docs/references/canvas-kit/responseobjects/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.money import Money

Component = dict[str, Any]
MOST_COMPONENTS = 120
_PLAIN = str.maketrans({"*": "∗", "[": "(", "]": ")", "`": "ˋ"})


def text(words: str, style: str = "paragraph") -> Component:
    """A text: header, paragraph, muted or error. The signs of Intercom's markup are replaced."""
    return {"type": "text", "text": words.translate(_PLAIN)[:2_000], "style": style}


def button(label: str, submit: str, style: str = "secondary") -> Component:
    """A button that sends the canvas with this component id."""
    return {"type": "button", "id": submit, "label": label, "style": style, "action": {"type": "submit"}}


def link(label: str, url: str) -> Component:
    """A button that opens an address in a new tab."""
    return {"type": "button", "id": "link", "label": label, "style": "link", "action": {"type": "url", "url": url}}


def divider() -> Component:
    """A line."""
    return {"type": "divider"}


def field(name: str, label: str, value: str, *, is_long: bool = False) -> Component:
    """A field to write into."""
    return {"type": "textarea" if is_long else "input", "id": name, "label": label, "value": value}


def choice(name: str, label: str, options: Iterable[tuple[str, str]], value: str = "") -> Component:
    """One of several: (value, words) each."""
    listed = [{"type": "option", "id": key, "text": words} for key, words in options]
    chosen = {"value": value} if value in {option["id"] for option in listed} else {}
    return {"type": "dropdown", "id": name, "label": label, "options": listed, **chosen}


def tick(name: str, words: str, *, is_ticked: bool = False) -> Component:
    """A box to tick; the value that comes back is "yes"."""
    option = [{"type": "option", "id": "yes", "text": words}]
    return {"type": "checkbox", "id": name, "label": " ", "option": option, **({"value": ["yes"]} if is_ticked else {})}


def canvas(components: list[Component], stored: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The answer to Intercom; `stored` comes back with the next message."""
    content = {"components": components[:MOST_COMPONENTS]}
    return {"canvas": {"content": content, **({"stored_data": dict(stored)} if stored else {})}}


def written_in(values: object) -> dict[str, str]:
    """What was filled in, by field, as a form brings it."""
    found: dict[str, str] = {}
    for name, value in values.items() if isinstance(values, Mapping) else ():
        one = value[0] if isinstance(value, list) and value else value
        if isinstance(name, str) and isinstance(one, str):
            found[name] = one[:10_000]
    return found


def amount(money: Money | None) -> str:
    """Money as text."""
    return f"{money.decimal():,} {money.currency}" if money else "–"
