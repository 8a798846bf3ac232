"""MT940, SWIFT's customer statement, as German, Dutch and other banks write it: one message a statement.

A message may end with an interim balance (62M) and go on in the next one (60M); each adds up by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from connectors.banks.statement import Line, Statement, StatementUnreadable, amount_of, joined

_TAG = re.compile(r"^:(\d\d[A-Z]?):(.*)$")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,15},\d{0,3})")
_LINE = re.compile(
    r"(\d{6})(\d{4})?(R?[CD])([A-Z])?(\d{1,15},\d{0,3})([NFS][A-Z0-9]{3})([^/]*(?:/[^/]+)*?)(?://(.*))?", re.DOTALL
)
_SUBFIELD = re.compile(r"\?(\d\d)")
_OPENING, _CLOSING = ("60F", "60M"), ("62F", "62M")


@dataclass(slots=True)
class _Message:
    """The fields of one message, as they came."""

    first_row: int
    fields: list[tuple[str, str, int]] = field(default_factory=list)
    """(tag, text with its further rows, row)."""

    def one(self, *tags: str) -> tuple[str, int]:
        return next(((text, row) for tag, text, row in self.fields if tag in tags), ("", self.first_row))


def read_mt940(text: str) -> list[Statement]:
    """Every statement of the file. Raises StatementUnreadable."""
    found = [_statement(message) for message in _messages(text)]
    if not found:
        raise StatementUnreadable("The file holds no MT940 message: none begins with :20:.")
    return found


def _messages(text: str) -> Iterator[_Message]:
    message: _Message | None = None
    for row, raw in enumerate(text.splitlines(), start=1):
        # Headers and trailers of SWIFT's envelope stand around the fields.
        line = re.sub(r"^\{1:.*\{4:", "", raw.rstrip())
        tag = _TAG.match(line)
        if tag and tag[1] == "20":
            if message is not None:
                yield message
            message = _Message(row)
        if message is None or line in ("-", "-}") or line.startswith("-}{"):
            continue
        if tag:
            message.fields.append((tag[1], tag[2], row))
        elif message.fields and line:
            last, rest, began = message.fields[-1]
            message.fields[-1] = (last, f"{rest}\n{line}", began)
    if message is not None:
        yield message


def _statement(message: _Message) -> Statement:
    number, _ = message.one("25", "25P")
    opening, currency, since = _balance(message, _OPENING)
    closing, closing_currency, until = _balance(message, _CLOSING)
    if closing_currency != currency:
        raise StatementUnreadable(f"Row {message.first_row}: opens in {currency} and closes in {closing_currency}.")
    lines = tuple(_lines(message, currency))
    days = [line.booked_on for line in lines]
    return Statement(
        name=message.one("28C", "28")[0] or message.one("20")[0],
        number=number.splitlines()[0].strip() if number else "",
        currency=currency,
        # The opening balance carries the day of the last closing one: a day before the first line.
        since=min([since + timedelta(days=1) if since < until else since, *days]),
        until=max([until, *days]),
        opening_minor=opening,
        closing_minor=closing,
        lines=lines,
    )


def _balance(message: _Message, tags: tuple[str, ...]) -> tuple[int, str, date]:
    text, row = message.one(*tags)
    found = _BALANCE.fullmatch(text.strip())
    if found is None:
        raise StatementUnreadable(
            f"Row {row}: the balance :{tags[0]}: is missing or not like C260131EUR1234,56: {text[:40]!r}."
            " The file was cut off, or is no MT940."
        )
    minor = amount_of(found[4].replace(",", "."), found[3], f"row {row}")
    return (minor if found[1] == "C" else -minor), found[3], _day(found[2], row)


def _lines(message: _Message, currency: str) -> Iterator[Line]:
    for place, (tag, text, row) in enumerate(message.fields):
        if tag != "61":
            continue
        follows = message.fields[place + 1] if place + 1 < len(message.fields) else ("", "", 0)
        yield _line(text, follows[1] if follows[0] == "86" else "", currency, row)


def _line(text: str, details: str, currency: str, row: int) -> Line:
    head, _, extra = text.partition("\n")
    found = _LINE.fullmatch(head.strip())
    if found is None:
        raise StatementUnreadable(f"Row {row}: the line {head[:60]!r} is not as MT940 writes one.")
    value_on = _day(found[1], row)
    minor = amount_of(found[5].replace(",", "."), currency, f"row {row}")
    # RC takes a credit back, RD a debit.
    sign = 1 if found[3] in ("C", "RD") else -1
    purpose, name = _details(details)
    customer = "" if (found[7] or "").strip() in ("", "NONREF") else found[7].strip()
    return Line(
        booked_on=_booked_on(found[2], value_on, row),
        value_on=value_on,
        amount_minor=sign * minor,
        text=joined(purpose, extra, customer),
        counterparty=name,
        reference=(found[8] or "").strip(),
        kind=found[6],
    )


def _details(text: str) -> tuple[str, str]:
    """(purpose, the other side's name): the numbered parts of German banks, or the text as it is."""
    flat = text.replace("\n", "")
    parts = _SUBFIELD.split(flat)
    if len(parts) < 3:
        return joined(text), ""
    named = list(zip(parts[1::2], parts[2::2], strict=False))
    purpose = "".join(part for key, part in named if "20" <= key <= "29" or "60" <= key <= "63")
    return joined(purpose), joined("".join(part for key, part in named if key in ("32", "33")))


def _day(text: str, row: int) -> date:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        raise StatementUnreadable(f"Row {row}: {text} is not a day, written YYMMDD.") from None


def _booked_on(text: str | None, value_on: date, row: int) -> date:
    """The day of booking has no year: it is the one nearest to the value's day."""
    if not text:
        return value_on
    near = [value_on.year - 1, value_on.year, value_on.year + 1]
    found = []
    for year in near:
        try:
            found.append(date(year, int(text[:2]), int(text[2:4])))
        except ValueError:
            continue
    if not found:
        raise StatementUnreadable(f"Row {row}: {text} is not a day, written MMDD.")
    return min(found, key=lambda day: abs(day - value_on))
