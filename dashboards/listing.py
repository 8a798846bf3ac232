"""What long lists share: which part is shown, and whether as a page or a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dashboards.filters import EXPORT_ROWS, PAGE_ROWS, Query


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows are read: one more than a page shows, to know whether there is a next one; all of them for a file."""

    kind: str
    """html, csv or xlsx."""
    page: int

    @property
    def is_file(self) -> bool:
        return self.kind != "html"

    @property
    def limit(self) -> int:
        return EXPORT_ROWS if self.is_file else PAGE_ROWS + 1

    @property
    def offset(self) -> int:
        return 0 if self.is_file else (self.page - 1) * PAGE_ROWS

    def cut(self, rows: Sequence[dict[str, Any]]) -> tuple[Sequence[dict[str, Any]], bool]:
        """The rows that are shown, and whether there are more."""
        return (rows, False) if self.is_file else (rows[:PAGE_ROWS], len(rows) > PAGE_ROWS)


def window(query: Query) -> Window:
    """Read `format` and `page`."""
    return Window(query.format(), query.page())


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the filter bar."""

    name: str
    label: str
    kind: Literal["select", "date", "text"]
    value: str
    options: tuple[tuple[str, str], ...] = ()


def select(name: str, label: str, value: str | None, options: Sequence[str] | Mapping[str, str]) -> Field:
    """A choice; the first one is "all"."""
    pairs = options.items() if isinstance(options, Mapping) else [(one, one.replace("_", " ")) for one in options]
    return Field(name, label, "select", value or "", (("", "All"), *pairs))


def date_field(name: str, label: str, value: object) -> Field:
    """A day."""
    return Field(name, label, "date", str(value or ""))


def text_field(name: str, label: str, value: str | None) -> Field:
    """A free text."""
    return Field(name, label, "text", value or "")
