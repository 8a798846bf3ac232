"""What somebody wants to have refunded, before anything is known about it: a line of a file, or a row of a filter."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LINES = 100_000
FAULTS_SHOWN = 100


class ListInvalid(ValueError):
    """The list cannot be taken. `faults` are sentences, each naming its line; at most FAULTS_SHOWN of `count`."""

    def __init__(self, faults: list[str], count: int = 1) -> None:
        super().__init__(faults[0])
        self.faults = faults[:FAULTS_SHOWN]
        self.count = count


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line. `account` is "" where the file does not name it: then the charge's id must tell.

    `amount_minor` and `currency` are None for all that is left.
    """

    line: int
    account: str
    charge_id: str
    amount_minor: int | None
    currency: str | None
    ticket: str | None
