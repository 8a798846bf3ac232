"""What every bank's file becomes: statements with lines, in exact minor units; and why one cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from connectors.money import AmountInvalid, CurrencyUnknown, Money

_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d{0,10})?|\.\d{1,10})")


class StatementUnreadable(ValueError):
    """The file is no statement that can be taken; the text says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bank account. Positive amounts came in."""

    booked_on: date
    value_on: date | None
    amount_minor: int
    text: str
    """What the payer wrote, with the references that the file has beside it."""
    counterparty: str = ""
    reference: str = ""
    """The bank's own reference of the line; empty where the file has none."""
    kind: str = ""
    """The bank's code of what it is."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of one account and period, in the order of the file. Balances are minor units, or both None."""

    name: str
    """The bank's number of it."""
    number: str
    """The account as the file writes it; empty where it does not (CSV)."""
    currency: str
    since: date
    until: date
    """The last day, inside."""
    opening_minor: int | None
    closing_minor: int | None
    lines: tuple[Line, ...]

    @property
    def has_balances(self) -> bool:
        return self.opening_minor is not None and self.closing_minor is not None

    def covers_wholly(self, day: date) -> bool:
        """Whether every line of the day must stand in it. Without balances its first and last day may be cut."""
        if self.has_balances:
            return self.since <= day <= self.until
        return self.since < day < self.until


def amount_of(text: str, currency: str, where: str) -> int:
    """Minor units of a plain decimal text. Raises StatementUnreadable that says where."""
    if not _NUMBER.fullmatch(text):
        raise StatementUnreadable(f"{where}: {text[:40]!r} is not an amount.")
    try:
        return Money.parse(text.removesuffix("."), currency).minor
    except (AmountInvalid, CurrencyUnknown) as error:
        raise StatementUnreadable(f"{where}: {error}") from None


def check_balance(statement: Statement) -> None:
    """Raise StatementUnreadable unless opening + lines = closing."""
    if statement.opening_minor is None or statement.closing_minor is None:
        return
    total = sum(line.amount_minor for line in statement.lines)
    off = statement.closing_minor - statement.opening_minor - total
    if off:
        opening, lines, closing, difference = (
            Money(minor, statement.currency) for minor in (statement.opening_minor, total, statement.closing_minor, off)
        )
        raise StatementUnreadable(
            f"The statement {statement.name} ({statement.since} to {statement.until}) does not add up:"
            f" opening {opening} and {len(statement.lines)} lines of {lines} are not the closing {closing};"
            f" {difference} is missing. It was cut off or changed: fetch it again from the bank."
        )


def joined(*parts: str | None) -> str:
    """Texts in a row, each once, without line breaks and double spaces."""
    clean = [" ".join(part.split()) for part in parts if part]
    return " ".join(dict.fromkeys(part for part in clean if part))
