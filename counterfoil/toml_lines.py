"""On which line of a TOML file a key stands, for error messages. tomllib keeps no positions."""

from __future__ import annotations

import re

_TABLE = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\"/-]+)\s*\]\]?")


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of the deepest part of `location` that is written in `text`.

    `location` is pydantic's: ("accounts", 1, "api_base"). A missing key gives the line of its table.
    """
    best = 1
    here: tuple[int | str, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        table = _TABLE.match(line)
        if table:
            here = _table_location(table.group(1), table.group(2), counts)
        else:
            key = re.match(r"^\s*([A-Za-z0-9_\"/-]+)\s*=", line)
            if not key:
                continue
            full = (*here, key.group(1).strip('"'))
            if location[: len(full)] == full:
                return number
            continue
        if location[: len(here)] == here:
            best = number
    return best


def _table_location(brackets: str, name: str, counts: dict[str, int]) -> tuple[int | str, ...]:
    parts = tuple(part.strip('"') for part in name.split("."))
    if brackets == "[":
        return parts
    index = counts.get(name, 0)
    counts[name] = index + 1
    return (*parts, index)
