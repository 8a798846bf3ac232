"""Braintree's XML as JSON, faithfully and safely.

type="integer" and "boolean" become numbers and truth values, nil="true" null, type="array" a list; times, dates and
amounts stay texts. Dashes in names become underscores. An object in a list keeps its own name as "object". A
type="collection" (a page of a search) is {"object": "list", …, "data": […]}. Another attribute is "@name".

A document type is refused in any encoding, so there are no entities; size, elements and depth are bounded.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from connectors.errors import UnexpectedShape

MAX_BYTES = 64 * 1_048_576
MAX_ELEMENTS = 1_000_000
"""A page of 50 transactions has about 10,000, a list of 20,000 ids 20,000."""
MAX_DEPTH = 40

_WHOLE = re.compile(r"-?\d{1,18}")
_PLAIN = frozenset({"type", "nil"})


def read_markup(body: bytes) -> tuple[str, Any]:
    """(name of the outermost element, its value). Raises UnexpectedShape."""
    if len(body) > MAX_BYTES:
        raise UnexpectedShape(f"The answer is larger than {MAX_BYTES} bytes; it was not read.")
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise UnexpectedShape(f"The answer is no whole XML document: {error}.") from None
    _, name, value = builder.root.children[0]
    return name, _named(name, value)


def write_markup(name: str, value: object) -> str:
    """One element of a request. Texts, numbers, truth values, times, lists (of items), dicts; None is empty."""
    if isinstance(value, dict):
        inner = "".join(write_markup(key, each) for key, each in value.items())
        return f"<{name}>{inner}</{name}>"
    if isinstance(value, list):
        inner = "".join(write_markup("item", each) for each in value)
        return f'<{name} type="array">{inner}</{name}>'
    if isinstance(value, bool):
        return f'<{name} type="boolean">{str(value).lower()}</{name}>'
    if isinstance(value, int):
        return f'<{name} type="integer">{value}</{name}>'
    if isinstance(value, datetime):
        return f'<{name} type="datetime">{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</{name}>'
    return f"<{name}>{escape(str(value)) if value is not None else ''}</{name}>"


Child = tuple[bool, str, Any]
"""Whether it had elements inside, its name, its value."""


class _Open:
    """An element whose end has not come yet."""

    __slots__ = ("attributes", "children", "text")

    def __init__(self, attributes: dict[str, str]) -> None:
        self.attributes = attributes
        self.children: list[Child] = []
        self.text = ""


class _Builder:
    """Values out of the parser's calls; no tree stands in between."""

    def __init__(self) -> None:
        self.root = _Open({})
        self._open = [self.root]
        self._elements = 0

    def start(self, _: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._open) > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise UnexpectedShape("The answer is nested deeper, or has more elements, than any of Braintree's.")
        self._open.append(_Open(attributes))

    def text(self, text: str) -> None:
        self._open[-1].text += text

    def end(self, name: str) -> None:
        done = self._open.pop()
        self._open[-1].children.append((bool(done.children), _key(name), _value(done)))

    def refuse(self, *_: object) -> None:
        raise UnexpectedShape("The answer declares a document type, which Braintree never does; it was not read.")


@lru_cache(4_096)
def _key(name: str) -> str:
    return name.replace("-", "_")


def _value(element: _Open) -> Any:
    attributes = element.attributes
    kind = attributes.get("type") if attributes else None
    if kind == "array":
        return [_named(name, value) for _, name, value in element.children]
    if kind == "collection":
        return _collection(element)
    if element.children:
        return _dict(element)
    return _leaf(element, kind) if attributes else element.text


def _leaf(element: _Open, kind: str | None) -> Any:
    text = element.text
    value: Any = text
    if element.attributes.get("nil") == "true" and not text:
        value = None
    elif kind == "integer" and _WHOLE.fullmatch(text):
        value = int(text)
    elif kind == "boolean" and text in {"true", "false", "1", "0"}:
        value = text in {"true", "1"}
    unknown = _unknown(element)
    return {**unknown, "#text": value} if unknown else value


def _dict(element: _Open) -> dict[str, Any]:
    found: dict[str, Any] = {}
    repeated: set[str] = set()
    for _, key, value in element.children:
        if key not in found:
            found[key] = value
        elif key in repeated:
            found[key].append(value)
        else:
            repeated.add(key)
            found[key] = [found[key], value]
    loose = element.text.strip()
    rest = {"#text": loose} if loose else {}
    return {**found, **_unknown(element), **rest} if element.attributes or rest else found


def _collection(element: _Open) -> dict[str, Any]:
    data = [_named(name, value) for has_inner, name, value in element.children if has_inner]
    rest = {name: value for has_inner, name, value in element.children if not has_inner}
    return {"object": "list", **rest, "data": data}


def _unknown(element: _Open) -> dict[str, str]:
    return {f"@{name}": said for name, said in element.attributes.items() if name not in _PLAIN}


def _named(name: str, value: Any) -> Any:
    return {"object": name, **value} if isinstance(value, dict) else value
