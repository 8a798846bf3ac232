"""The careful way in: one landed file, line by line, for files that the fast way could not read or did not like.

It knows each object's line and original text, so that what is set aside can be shown as it came. It takes single
objects too, reads what stands before a damaged end, and never lets one bad line spoil the next.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from connectors.gateway import Column
from connectors.registry import gateway as gateway_called
from warehouse.rules import PAGE, Shape, is_raw_json

MAX_ORIGINAL = 100_000
"""Characters of an original text that quarantine keeps; landing has the whole."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A line, or the end of a file, that holds no readable object."""

    line: int
    reason: str
    original_text: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One object, each of its columns still as text."""

    line: int
    original_text: str
    values: dict[str, str | None]


def read_carefully(path: Path, shape: Shape) -> Iterator[Incoming | Broken]:
    """Everything in one landed file, in its order."""
    number = 0
    for number, line in _lines(path):
        if isinstance(line, Broken):
            yield line
        elif line.strip():
            yield from _answers(number, line, shape)


def _lines(path: Path) -> Iterator[tuple[int, bytes | Broken]]:
    number, line = 0, b""
    try:
        with gzip.open(path, "rb") as file:
            for number, line in enumerate(file, start=1):
                yield number, line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        reason = f"truncated file: {error}; what stood behind line {number} is lost: pull that time again"
        yield number + 1, Broken(number + 1, reason, "")


def _answers(number: int, line: bytes, shape: Shape) -> Iterator[Incoming | Broken]:
    try:
        answer = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        text = line.decode(errors="replace").rstrip()
        yield Broken(number, f"not JSON: {error}", text[:MAX_ORIGINAL])
        return
    page = answer if isinstance(answer, dict) else {}
    for entry in _entries(answer, page, line, shape):
        text = orjson.dumps(entry).decode()[:MAX_ORIGINAL]
        if isinstance(entry, dict):
            yield Incoming(number, text, _values(entry, page, shape))
        else:
            yield Broken(number, f"not an object: {text[:60]}", text)


def _entries(answer: Any, page: dict[str, Any], line: bytes, shape: Shape) -> list[Any]:
    """The objects of one answer: a list page's, or itself. A page named like the resource only its gateway can read."""
    if page.get("object") == shape.resource.name and not shape.page_columns:
        found = gateway_called(shape.gateway).harvest(line)
        return [orjson.loads(text) for resource, text in found if resource == shape.resource.name]
    entries = page.get("data")
    return entries if isinstance(entries, list) else [answer]


def _values(entry: dict[str, Any], page: dict[str, Any], shape: Shape) -> dict[str, str | None]:
    found = {column: _find(column, entry, page) for column in shape.resource.columns}
    values = {column.name: _as_text(column, value) for column, value in found.items()}
    parts = [values[column.name] for column in shape.page_columns] + [_text(entry.get("id"))]
    deleted = entry.get("deleted")
    odd = [column.name for column, value in found.items() if _is_misplaced(column, value)]
    return {
        "id": None if None in parts else ":".join(part for part in parts if part is not None),
        "object": _text(entry.get("object")),
        "is_deleted": None if deleted is None else orjson.dumps(deleted).decode(),
        "doubt": "; ".join(f"{name} is an object, where a text is documented" for name in odd) or None,
        **values,
    }


def _find(column: Column, entry: dict[str, Any], page: dict[str, Any]) -> Any:
    found: Any = page if column.path.startswith(PAGE) else entry
    for part in column.path.removeprefix(PAGE).split("."):
        found = found.get(part) if isinstance(found, dict) else None
    # An expanded object stands where its id would.
    is_expanded = column.kind == "text" and isinstance(found, dict) and isinstance(found.get("id"), str)
    return found["id"] if is_expanded else found


def _is_misplaced(column: Column, value: Any) -> bool:
    return isinstance(value, dict | list) and not is_raw_json(column)


def _as_text(column: Column, value: Any) -> str | None:
    return orjson.dumps(value).decode() if is_raw_json(column) and value is not None else _text(value)


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
