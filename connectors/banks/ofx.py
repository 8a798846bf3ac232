"""OFX, 1.x (SGML, where most elements have no end) and 2.x (XML), as banks offer it for download.

Read element by element; document types and entities of the file's own mean nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

from connectors.banks.statement import Line, Statement, StatementUnreadable, amount_of, joined

_PART = re.compile(r"<(/?)([A-Z0-9.]{1,40})>([^<]*)")
_BLOCKS = ("STMTTRN", "BANKTRANLIST", "LEDGERBAL", "AVAILBAL")

Facts = dict[str, str]


def read_ofx(text: str) -> list[Statement]:
    """Every statement of the file. Raises StatementUnreadable."""
    begin = text.find("<OFX>")
    found: list[Statement] = []
    account: Facts = {}
    line: Facts | None = None
    lines: list[Facts] = []
    is_inside, is_whole = False, False
    block = ""
    for is_end, name, value in _parts(text[max(begin, 0) :]):
        if name in ("STMTRS", "CCSTMTRS"):
            if is_end:
                found.append(_statement(account, lines))
            is_inside, account, lines, line = not is_end, {}, [], None
        elif name == "OFX" and is_end:
            is_whole = True
        elif not is_inside:
            continue
        elif name == "STMTTRN":
            lines += [line] if is_end and line is not None else []
            line = None if is_end else {}
        elif name in _BLOCKS:
            block = "" if is_end else name
        elif not is_end and value and line is not None:
            line.setdefault(name, value)
        elif not is_end and value and block in ("", "BANKTRANLIST"):
            account.setdefault(name, value)
    if not is_whole:
        raise StatementUnreadable("The file has no end (</OFX>): it was cut off; fetch it again from the bank.")
    if not found:
        raise StatementUnreadable("The file holds no bank statement (STMTRS), only something else of OFX.")
    return found


def _parts(text: str) -> Iterator[tuple[bool, str, str]]:
    for match in _PART.finditer(text):
        yield bool(match[1]), match[2], unescape(match[3].strip())


def _statement(account: Facts, lines: list[Facts]) -> Statement:
    currency = account.get("CURDEF", "").upper()
    read = tuple(_line(facts, currency, place) for place, facts in enumerate(lines, start=1))
    days = [line.booked_on for line in read]
    since = _day(account.get("DTSTART", "")) or min(days, default=None)
    until = _day(account.get("DTEND", "")) or max(days, default=None)
    if since is None or until is None:
        raise StatementUnreadable("The file says no period (DTSTART, DTEND) and has no transactions.")
    return Statement(
        name=f"{since} to {until}",
        number=account.get("ACCTID", ""),
        currency=currency,
        since=min([since, *days]),
        until=max([until, *days]),
        # OFX gives one balance, of the moment of the download: nothing to add up.
        opening_minor=None,
        closing_minor=None,
        lines=read,
    )


def _line(facts: Facts, currency: str, place: int) -> Line:
    where = f"transaction {place} ({facts.get('FITID', 'without FITID')[:40]})"
    booked = _day(facts.get("DTPOSTED", ""))
    if booked is None:
        raise StatementUnreadable(f"In {where} DTPOSTED is not a day: {facts.get('DTPOSTED', '')[:20]!r}.")
    amount = facts.get("TRNAMT", "")
    return Line(
        booked_on=booked,
        value_on=_day(facts.get("DTAVAIL", "")),
        # Some banks write a comma.
        amount_minor=amount_of(amount.replace(",", ".") if "." not in amount else amount, currency, f"In {where}"),
        text=joined(facts.get("NAME"), facts.get("MEMO"), facts.get("REFNUM"), facts.get("CHECKNUM")),
        counterparty=joined(facts.get("NAME")),
        reference=facts.get("FITID", ""),
        kind=facts.get("TRNTYPE", ""),
    )


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
