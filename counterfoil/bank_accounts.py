"""The settings of our accounts at banks: whose payouts arrive where, and how a bank writes its CSV files."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CsvColumns(_Part):
    """The headings under which a bank's CSV file holds what a line needs; what is left out is not read."""

    booked_on: str
    amount: str = ""
    """Signed; or, where the file has two columns, leave it out and name `credit` and `debit`."""
    credit: str = ""
    debit: str = ""
    value_on: str = ""
    currency: str = ""
    text: str = ""
    counterparty: str = ""
    reference: str = ""
    balance: str = ""
    """The balance after each line, from which opening and closing balance follow."""

    @model_validator(mode="after")
    def _one_way_to_the_amount(self) -> Self:
        if bool(self.amount) == bool(self.credit and self.debit):
            raise ValueError("name either the column amount, or the two columns credit and debit")
        return self


class CsvMapping(_Part):
    """How a bank writes its CSV files, which carry no standard of their own."""

    columns: CsvColumns
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    date_format: str = "%Y-%m-%d"
    """As Python's strptime reads it."""
    encoding: str = "utf-8"
    skip_lines: Annotated[int, Field(ge=0, le=100)] = 0
    """Lines before the one with the headings."""
    is_newest_first: bool = False

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        try:
            codecs.lookup(name)
        except LookupError:
            raise ValueError(f"{name!r} is no known encoding; write one like utf-8 or windows-1252") from None
        return name


class BankAccount(_Part):
    """One account of ours at a bank, into which gateways pay out."""

    name: Annotated[str, Field(pattern="^bank/[a-z0-9_-]+$")]
    number: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9 /-]{3,39}$")]
    """IBAN or account number as the bank's statements write it; spaces do not count."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    accounts: tuple[str, ...] = ()
    """The gateway accounts whose payouts arrive here; empty: those of all, in this currency."""
    csv: CsvMapping | None = None
    """Only where the bank gives CSV files; the other formats need nothing."""
    window_days: Annotated[int, Field(ge=0, le=60)] = 7
    """How many days after its day of arrival a payout may be booked; or three before, for early banks."""
    tolerance_minor: Annotated[int, Field(ge=0)] = 0
    """By how many minor units a line may fall short of its payouts: a fee that the bank keeps."""


def bare_number(number: str) -> str:
    """An account number without what people put between its digits."""
    return re.sub(r"[^A-Z0-9]", "", number.upper())
