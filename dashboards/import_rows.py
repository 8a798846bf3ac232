"""Is a batch of imported objects sound? Every fault names the row, the field, and what is wrong; one is one too many.

The columns of a `Resource` say what is asked of a field; the published JSON schema (import_schema.py) says the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from connectors.currencies import EXPONENTS
from connectors.gateway import Column, Resource

MOST_ROWS = 1_000
MOST_ENTRIES = 1_000
LONGEST_TEXT = 5_000
LARGEST = 10**15
ID = r"^[^\x00-\x1f]{1,200}$"
TEXT = r"^[^\x00]*$"
TIME = r"^2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$"
DAY = r"^2[01]\d\d-\d\d-\d\d$"
DECIMAL = r"^-?\d{1,15}(\.\d{1,8})?$"
OWN = ("id", "object", "deleted")
"""Fields that every object may have, beside its columns."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `row` counts from 1; `field` is empty where the row itself is wrong."""

    row: int
    field: str
    wrong: str


def faults_of(resource: Resource, rows: list[Any]) -> Iterator[Fault]:
    """Everything that is wrong with a batch, row by row."""
    known: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            yield Fault(number, "", f"must be an object, not {_kind(row)}")
            continue
        yield from (Fault(number, field, wrong) for field, wrong in _of_row(resource, row))
        wanted = row.get("id")
        if isinstance(wanted, str) and known.setdefault(wanted, number) != number:
            yield Fault(number, "id", f"{wanted[:60]!r} stands in row {known[wanted]} already; send each object once")


def _of_row(resource: Resource, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    wanted = row.get("id")
    if not isinstance(wanted, str) or not re.fullmatch(ID, wanted) or wanted in {".", ".."}:
        yield "id", "must be a text of 1 to 200 characters without line breaks"
    if row.get("object", resource.object_type) != resource.object_type:
        yield "object", f"must be {resource.object_type!r}, or left out"
    if not isinstance(row.get("deleted", False), bool):
        yield "deleted", "must be true or false"
    is_gone = row.get("deleted") is True
    yield from _of_fields(resource.columns, row, OWN, is_whole=not is_gone)


def _of_fields(
    columns: tuple[Column, ...], row: Mapping[str, Any], own: tuple[str, ...], *, is_whole: bool
) -> Iterator[tuple[str, str]]:
    names = {column.name for column in columns}
    for name in row:
        if name not in names and name not in own:
            yield str(name)[:60], "is no field of this object"
    for column in columns:
        value = row.get(column.name)
        if value is not None:
            yield from _of_value(column, value)
        elif column.is_required and is_whole:
            yield column.name, "is missing"


def _of_value(column: Column, value: Any) -> Iterator[tuple[str, str]]:
    if column.kind == "json":
        yield from _of_list(column, value)
        return
    wrong = _CHECKS[column.kind](column, value)
    if wrong is None and column.allowed is not None and value not in column.allowed:
        known = ", ".join(sorted(column.allowed)) if len(column.allowed) < 20 else "the codes of ISO 3166-1, like DE"
        wrong = f"{value[:60]!r} is none of: {known}"
    if wrong is not None:
        yield column.name, wrong


def _of_list(column: Column, value: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list) or len(value) > MOST_ENTRIES:
        yield column.name, f"must be a list of at most {MOST_ENTRIES} entries"
        return
    known: dict[str, int] = {}
    for number, entry in enumerate(value):
        place = f"{column.name}[{number}]"
        wanted = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(wanted, str) and known.setdefault(wanted, number) != number:
            yield f"{place}.id", f"{wanted[:60]!r} is the id of {column.name}[{known[wanted]}] already"
        if not column.entries:
            if not isinstance(entry, str) or not re.fullmatch(ID, entry):
                yield place, "must be a text of 1 to 200 characters"
        elif not isinstance(entry, dict):
            yield place, f"must be an object, not {_kind(entry)}"
        else:
            for field, wrong in _of_fields(column.entries, entry, (), is_whole=True):
                yield f"{place}.{field}", wrong


def _text(column: Column, value: Any) -> str | None:
    if not isinstance(value, str):
        return f"must be a text, not {_kind(value)}"
    if len(value) > LONGEST_TEXT or "\x00" in value:
        return f"must be at most {LONGEST_TEXT} characters, none of them a zero"
    if column.is_required and not value:
        return "is empty"
    if column.name.endswith("_on") and not _is(date.fromisoformat, DAY, value):
        return f"{value[:60]!r} is no day like 2026-11-23"
    return None


def _whole(column: Column, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        unit = "minor units are whole numbers" if column.name.endswith("_minor") else "must be a whole number"
        return f"{unit}, not {_kind(value)}"
    least = -LARGEST if column.at_least is None else column.at_least
    return None if least <= value <= LARGEST else f"must be between {least} and {LARGEST}"


def _truth(column: Column, value: Any) -> str | None:
    return None if isinstance(value, bool) else f"must be true or false, not {_kind(value)}"


def _time(column: Column, value: Any) -> str | None:
    if isinstance(value, str) and _is(datetime.fromisoformat, TIME, value):
        return None
    return "must be an ISO 8601 time with an offset, like 2026-11-23T10:00:00Z"


def _currency(column: Column, value: Any) -> str | None:
    if isinstance(value, str) and value in EXPONENTS:
        return None
    return f"{str(value)[:20]!r} is no currency of ISO 4217 in capitals, like EUR"


def _decimal(column: Column, value: Any) -> str | None:
    return None if isinstance(value, str) and re.fullmatch(DECIMAL, value) else 'must be a decimal as text, like "19.5"'


_CHECKS: dict[str, Callable[[Column, Any], str | None]] = {
    "text": _text,
    "bigint": _whole,
    "bool": _truth,
    "iso_time": _time,
    "currency": _currency,
    "decimal": _decimal,
}


def _is(parse: Callable[[str], object], pattern: str, value: str) -> bool:
    if not re.fullmatch(pattern, value):
        return False
    try:
        parse(value)
    except ValueError:
        return False
    return True


def _kind(value: Any) -> str:
    words = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number"}
    return words.get(type(value), "a number with a fraction" if isinstance(value, float) else "null")
