"""One table, three shapes: a part of a page, a CSV file, a spreadsheet. Columns are declared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from connectors.currencies import EXPONENTS
from connectors.money import Money

Kind = Literal["text", "money", "count", "time", "day", "code", "state", "sentence", "percent", "flag", "long"]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the row's field. Money is minor units; `currency` names the field with its code."""

    key: str
    label: str
    kind: Kind = "text"
    currency: str = "currency"
    link: Callable[[Row], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under declared columns; `empty` is what the page says where there is no row."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    empty: str = "Nothing here."
    is_cut: bool = field(default=False)
    """More rows exist than are shown."""


def money_of(row: Row, column: Column) -> Money | None:
    """The money in a cell; None where the cell is empty."""
    minor, currency = row.get(column.key), row.get(column.currency)
    return Money(int(minor), currency) if minor is not None and currency in EXPONENTS else None


def export_headings(table: Table) -> list[str]:
    """The headings of a file: each amount is followed by the column of its currency."""
    return [label for column in table.columns for label in _labels(column)]


def export_rows(table: Table) -> list[list[object]]:
    """The cells of a file: exact decimals for money, texts without line breaks lost, times as they are."""
    return [[cell for column in table.columns for cell in _cells(row, column)] for row in table.rows]


def _labels(column: Column) -> list[str]:
    return [column.label, f"{column.label} currency"] if column.kind == "money" else [column.label]


def _cells(row: Row, column: Column) -> list[object]:
    value = row.get(column.key)
    if column.kind == "money":
        money = money_of(row, column)
        return [money.decimal(), money.currency] if money else [None, None]
    if column.kind == "percent" and value is not None:
        return [Decimal(str(value))]
    return [value]
