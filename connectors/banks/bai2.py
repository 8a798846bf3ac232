"""BAI2, the balance report of American banks: records with a code in front, amounts in minor units without a point.

An account's trailer (49) carries the sum of its amounts, so that a cut file is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from connectors.banks.statement import Line, Statement, StatementUnreadable, joined

_OPENING, _CLOSING = "010", "015"
_FUNDS_FIELDS = {"S": 3, "V": 2}
"""Fields that follow a funds type; D says how many pairs follow."""

Record = tuple[int, str, list[str]]
"""Row, code, fields; a line's text is the last field, with its commas."""


@dataclass(slots=True)
class _Account:
    """One account of a group, as it is read."""

    row: int
    number: str
    currency: str
    day: date
    balances: dict[str, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    total: int = 0


def read_bai2(text: str) -> list[Statement]:
    """One statement per account and day of report. Raises StatementUnreadable."""
    found: list[Statement] = []
    day: date | None = None
    group_currency = "USD"
    account: _Account | None = None
    last = ""
    for row, code, fields in _records(text):
        if code == "02":
            day, group_currency = _day(_at(fields, 3), row), _at(fields, 5) or "USD"
        elif code == "03":
            if day is None:
                raise StatementUnreadable(f"Row {row}: an account (03) before its group (02).")
            account = _account(fields, group_currency, day, row)
        elif code == "16" and account is not None:
            _take(account, fields, row)
        elif code == "49" and account is not None:
            found.append(_statement(account, fields, row))
            account = None
        last = code
    if last != "99" or account is not None:
        raise StatementUnreadable("The file does not end with a trailer (99): it was cut off; fetch it again.")
    return found


def _records(text: str) -> Iterator[Record]:
    """Records with their continuations (88) joined; a record ends with a slash, but texts need none."""
    waiting: tuple[int, str] | None = None
    for row, raw in enumerate(text.splitlines(), start=1):
        line = raw.rstrip()
        if not line:
            continue
        if line.startswith("88,"):
            if waiting is None:
                raise StatementUnreadable(f"Row {row}: a continuation (88) of nothing.")
            before = waiting[1]
            waiting = (waiting[0], before.removesuffix("/") + ("," if before.endswith("/") else " ") + line[3:])
            continue
        if waiting is not None:
            yield _record(*waiting)
        waiting = (row, line)
    if waiting is not None:
        yield _record(*waiting)


def _record(row: int, line: str) -> Record:
    code, _, rest = line.partition(",")
    if code not in ("01", "02", "03", "16", "49", "98", "99"):
        raise StatementUnreadable(f"Row {row}: {code[:10]!r} is no record of BAI2.")
    return row, code, rest.removesuffix("/").split(",")


def _account(fields: list[str], group_currency: str, day: date, row: int) -> _Account:
    account = _Account(row, _at(fields, 0), _at(fields, 1) or group_currency, day)
    rest = fields[2:]
    while rest:
        code, amount = _at(rest, 0), _at(rest, 1)
        if code and amount:
            minor = _whole(amount, row)
            account.total += minor
            account.balances.setdefault(code, minor)
        rest = rest[3 + _funds_fields(rest[3:], row) + 1 :] if len(rest) > 3 else []
    return account


def _take(account: _Account, fields: list[str], row: int) -> None:
    code = _at(fields, 0)
    if not code.isdigit():
        raise StatementUnreadable(f"Row {row}: {code[:10]!r} is no type code.")
    minor = _whole(_at(fields, 1) or "0", row)
    account.total += minor
    at = 3 + _funds_fields(fields[2:], row)
    if not 100 <= int(code) <= 699:
        # 700 to 999 tell of loans and things that move no money.
        return
    account.lines.append(
        Line(
            booked_on=account.day,
            value_on=None,
            amount_minor=minor if int(code) < 400 else -minor,
            text=joined(",".join(fields[at + 2 :]), _at(fields, at + 1)),
            reference=_at(fields, at),
            kind=code,
        )
    )


def _funds_fields(fields: list[str], row: int) -> int:
    """How many fields belong to the funds type that stands first."""
    kind = _at(fields, 0)
    if kind == "D":
        return 1 + 2 * _whole(_at(fields, 1) or "0", row)
    return _FUNDS_FIELDS.get(kind, 0)


def _statement(account: _Account, fields: list[str], row: int) -> Statement:
    stated = _whole(_at(fields, 0) or "0", row)
    if stated != account.total:
        raise StatementUnreadable(
            f"Row {row}: the account {account.number} states a sum of {stated}, and its records sum to {account.total}."
            " The file was cut off or changed: fetch it again from the bank."
        )
    opening, closing = account.balances.get(_OPENING), account.balances.get(_CLOSING)
    has_both = opening is not None and closing is not None
    return Statement(
        name=f"{account.day}",
        number=account.number,
        currency=account.currency,
        since=account.day,
        until=account.day,
        opening_minor=opening if has_both else None,
        closing_minor=closing if has_both else None,
        lines=tuple(account.lines),
    )


def _at(fields: list[str], place: int) -> str:
    return fields[place].strip() if place < len(fields) else ""


def _whole(text: str, row: int) -> int:
    bare = text.lstrip("+-")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= 18):
        raise StatementUnreadable(f"Row {row}: {text[:30]!r} is not an amount in minor units.")
    return int(text)


def _day(text: str, row: int) -> date:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        raise StatementUnreadable(f"Row {row}: {text[:20]!r} is not a day, written YYMMDD.") from None
