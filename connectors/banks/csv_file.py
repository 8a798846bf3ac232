"""A bank's CSV file, read by the mapping in the settings: there is no standard for it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime

from connectors.banks.statement import Line, Statement, StatementUnreadable, amount_of, joined
from counterfoil.bank_accounts import CsvMapping

MAX_FIELD = 100_000


def read_csv(text: str, mapping: CsvMapping, currency: str) -> list[Statement]:
    """One statement: the whole file. Raises StatementUnreadable."""
    csv.field_size_limit(MAX_FIELD)
    rows = list(_rows(text, mapping))
    read = [(_line(row, cells, mapping, currency), _balance(row, cells, mapping, currency)) for row, cells in rows]
    if not read:
        raise StatementUnreadable("The file has headings and no line below them.")
    if mapping.is_newest_first:
        read.reverse()
    lines = tuple(line for line, _ in read)
    first, last = read[0][1], read[-1][1]
    days = [line.booked_on for line in lines]
    return [
        Statement(
            name=f"{min(days)} to {max(days)}",
            number="",
            currency=currency,
            since=min(days),
            until=max(days),
            opening_minor=first - lines[0].amount_minor if first is not None and last is not None else None,
            closing_minor=last if first is not None else None,
            lines=lines,
        )
    ]


def _rows(text: str, mapping: CsvMapping) -> Iterator[tuple[int, dict[str, str]]]:
    head = text.splitlines(keepends=True)
    body = "".join(head[mapping.skip_lines :])
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=mapping.delimiter, strict=True)
    try:
        headings = [cell.strip() for cell in next(reader, [])]
        _check_headings(headings, mapping)
        for cells in reader:
            row = reader.line_num + mapping.skip_lines
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) < len(headings):
                raise StatementUnreadable(
                    f"Row {row} has {len(cells)} cells, and there are {len(headings)} headings: the file was cut off, "
                    "or its delimiter is not the one in the settings."
                )
            yield row, dict(zip(headings, (cell.strip() for cell in cells), strict=False))
    except csv.Error as error:
        raise StatementUnreadable(f"Row {reader.line_num + mapping.skip_lines}: no CSV: {error}.") from None


def _check_headings(headings: list[str], mapping: CsvMapping) -> None:
    wanted = [heading for heading in mapping.columns.model_dump().values() if heading]
    missing = [heading for heading in wanted if heading not in headings]
    if missing:
        raise StatementUnreadable(
            f"The file has no column {', '.join(repr(one) for one in missing)}; it has: "
            f"{', '.join(headings)[:300]}. Mend the mapping (csv.columns, delimiter, skip_lines) in the settings."
        )


def _line(row: int, cells: dict[str, str], mapping: CsvMapping, currency: str) -> Line:
    names = mapping.columns
    stated = cells.get(names.currency, "") if names.currency else currency
    if stated and stated.upper() != currency:
        raise StatementUnreadable(f"Row {row} is in {stated[:10]}, and the account in {currency}.")
    booked_on = _day(cells[names.booked_on], mapping, row)
    return Line(
        booked_on=booked_on,
        value_on=_day(cells[names.value_on], mapping, row) if names.value_on and cells[names.value_on] else None,
        amount_minor=_amount(row, cells, mapping, currency),
        text=joined(cells.get(names.text)),
        counterparty=joined(cells.get(names.counterparty)),
        reference=cells.get(names.reference, ""),
    )


def _amount(row: int, cells: dict[str, str], mapping: CsvMapping, currency: str) -> int:
    names = mapping.columns
    if names.amount:
        return _minor(cells[names.amount], mapping, currency, row)
    credit, debit = cells[names.credit], cells[names.debit]
    if bool(credit) == bool(debit):
        raise StatementUnreadable(
            f"Row {row}: exactly one of {names.credit!r} and {names.debit!r} must hold an amount."
        )
    # Some banks write what went out with a minus, some without.
    return _minor(credit, mapping, currency, row) if credit else -abs(_minor(debit, mapping, currency, row))


def _balance(row: int, cells: dict[str, str], mapping: CsvMapping, currency: str) -> int | None:
    text = cells.get(mapping.columns.balance, "") if mapping.columns.balance else ""
    return _minor(text, mapping, currency, row) if text else None


def _minor(text: str, mapping: CsvMapping, currency: str, row: int) -> int:
    thousands = "," if mapping.decimal == "." else "."
    plain = text.replace(thousands, "").replace("\u00a0", "").replace(" ", "").replace("\u2212", "-").replace("'", "")
    return amount_of(plain.replace(mapping.decimal, "."), currency, f"row {row}")


def _day(text: str, mapping: CsvMapping, row: int) -> date:
    try:
        return datetime.strptime(text, mapping.date_format).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise StatementUnreadable(
            f"Row {row}: {text[:30]!r} is not a day as {mapping.date_format} writes it; mend csv.date_format."
        ) from None
