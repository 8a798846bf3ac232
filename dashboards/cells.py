"""The body of a table as HTML. In Python, because a template's macro per cell costs several times as much."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from markupsafe import Markup, escape

from dashboards.state_words import state_class, words
from dashboards.table import Column, Row, Table, money_of
from dashboards.written import money

When = Callable[[datetime | None], Markup | str]
NOTHING = Markup('<span class="none">–</span>')


def table_body(table: Table, when: When) -> Markup:
    """All rows; every text is escaped."""
    return Markup("\n").join(_row(row, table.columns, when) for row in table.rows)


def _row(row: Row, columns: tuple[Column, ...], when: When) -> Markup:
    cells = "".join(f'<td class="{column.kind}">{_cell(row, column, when)}</td>' for column in columns)
    return Markup(f"<tr>{cells}</tr>")  # noqa: S704 - every part was escaped


def _cell(row: Row, column: Column, when: When) -> str:
    shown = _shown(row, column, when)
    href = column.link(row) if column.link else None
    return f'<a href="{escape(href)}">{shown}</a>' if href else str(shown)


def _shown(row: Row, column: Column, when: When) -> Markup:
    value = row.get(column.key)
    if column.kind == "money":
        return escape(money(money_of(row, column)))
    if value is None or value == "":
        return NOTHING
    if column.kind == "time" and isinstance(value, datetime):
        return escape(when(value))
    if column.kind == "day" and isinstance(value, date):
        return escape(f"{value:%Y-%m-%d}")
    if column.kind == "count":
        return escape(f"{value:,}")
    if column.kind == "state":
        return Markup('<span class="badge {}">{}</span>').format(state_class(str(value)), words(str(value)))
    if column.kind == "long":
        return Markup("<details><summary>Show</summary><pre>{}</pre></details>").format(value)
    if column.kind == "code":
        return Markup("<code>{}</code>").format(value)
    return escape(_plain(value, column.kind))


def _plain(value: object, kind: str) -> object:
    if kind == "percent":
        return f"{value} %"
    if kind == "flag":
        return "yes" if value else "no"
    return value
