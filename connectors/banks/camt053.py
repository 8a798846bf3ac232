"""CAMT.053, ISO 20022's bank statement, any version: read as a stream, without document types and so without entities.

A booking (Ntry) is one line, also where it sums several transfers; the references of all of them are in its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import BinaryIO
from xml.parsers import expat

from connectors.banks.statement import Line, Statement, StatementUnreadable, amount_of, joined

MAX_DEPTH = 60
MAX_BLOCK = 200_000
"""Texts inside one booking: one that sums 10,000 transfers has about as many."""
_PIECE = 1 << 16
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_KIND = ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd")

Facts = list[tuple[str, str, str]]
"""(path below the block, text, Ccy attribute) of every element with a text, in order."""


@dataclass(slots=True)
class _Open:
    """A statement whose end has not come yet."""

    facts: Facts = field(default_factory=list)
    balances: list[Facts] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    waiting: list[Facts] = field(default_factory=list)


def read_camt053(file: BinaryIO) -> list[Statement]:
    """Every statement of the file. Raises StatementUnreadable."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        while piece := file.read(_PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise StatementUnreadable(
            f"The file is no whole XML document: {error}. It was cut off, or its encoding is not the one it states."
        ) from None
    return reader.done


class _Reader:
    """Statements out of the parser's calls; no tree is ever built."""

    def __init__(self) -> None:
        self.done: list[Statement] = []
        self._path: list[str] = []
        self._texts: list[str] = []
        self._currency: list[str] = []
        self._open: _Open | None = None
        self._block: tuple[int, Facts] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if not self._path:
            _check_root(space, local)
        if len(self._path) >= MAX_DEPTH:
            raise StatementUnreadable("The file is nested deeper than any bank statement; it was not read.")
        self._path.append(local)
        self._texts.append("")
        self._currency.append(attributes.get("Ccy", ""))
        if local == "Stmt" and self._open is None:
            self._open = _Open()
        elif self._block is None and self._open is not None and local in ("Ntry", "Bal"):
            self._block = (len(self._path), [])

    def text(self, text: str) -> None:
        if self._texts:
            self._texts[-1] += text

    def end(self, name: str) -> None:
        depth, local, text = len(self._path), self._path[-1], self._texts.pop().strip()
        currency = self._currency.pop()
        if self._open is not None and text:
            first, facts = self._block or (self._path.index("Stmt") + 1, self._open.facts)
            if len(facts) >= MAX_BLOCK:
                raise StatementUnreadable(f"A part of the file has more than {MAX_BLOCK} texts; it was not read.")
            facts.append(("/".join(self._path[first:]), text, currency))
        if self._open is not None and self._block is not None and self._block[0] == depth:
            (self._open.waiting if local == "Ntry" else self._open.balances).append(self._block[1])
            self._block = None
            _take_lines(self._open, _currency_of(self._open))
        elif self._open is not None and local == "Stmt":
            self.done.append(_statement(self._open))
            self._open = None
        self._path.pop()

    def refuse(self, *_: object) -> None:
        raise StatementUnreadable("The file declares a document type, which no bank statement does; it was not read.")


def _take_lines(open_: _Open, currency: str) -> None:
    """Bookings wait as texts no longer than until the statement's currency is known."""
    if currency:
        for facts in open_.waiting:
            open_.lines.extend(_lines(facts, currency, len(open_.lines) + 1))
        open_.waiting.clear()


def _check_root(space: str, local: str) -> None:
    if local != "Document" or "camt.053" not in space:
        found = space.rpartition(":")[2] or local
        raise StatementUnreadable(
            f"This XML is {found[:60]}, not a CAMT.053 statement. Ask the bank for camt.053 (camt.052 is an interim "
            "report, camt.054 a single advice)."
        )


def _one(facts: Facts, *paths: str) -> str:
    return next((text for path in paths for found, text, _ in facts if found == path), "")


def _all(facts: Facts, *ends: str) -> Iterator[str]:
    return (text for path, text, _ in facts if path.endswith(ends))


def _currency_of(open_: _Open) -> str:
    stated = _one(open_.facts, "Acct/Ccy")
    return stated or next((ccy for facts in open_.balances for path, _, ccy in facts if path == "Amt" and ccy), "")


def _statement(open_: _Open) -> Statement:
    currency = _currency_of(open_)
    name = _one(open_.facts, "ElctrncSeqNb", "LglSeqNb", "Id")
    if not currency:
        raise StatementUnreadable(f"The statement {name} names no currency, neither of the account nor of a balance.")
    _take_lines(open_, currency)
    opening = _balance(open_, _OPENING, currency)
    closing = _balance(open_, _CLOSING, currency)
    days = [line.booked_on for line in open_.lines]
    since = _day(_one(open_.facts, "FrToDt/FrDtTm", "FrToDt/FrDt")) or (opening[1] if opening else None)
    until = _day(_one(open_.facts, "FrToDt/ToDtTm", "FrToDt/ToDt")) or (closing[1] if closing else None)
    since, until = since or min(days, default=None), until or max(days, default=None)
    if since is None or until is None:
        raise StatementUnreadable(f"The statement {name} says neither its period nor the days of its balances.")
    has_both = opening is not None and closing is not None
    return Statement(
        name=name,
        number=_one(open_.facts, "Acct/Id/IBAN", "Acct/Id/Othr/Id"),
        currency=currency,
        since=min([since, *days]),
        until=max([until, *days]),
        opening_minor=opening[0] if opening and has_both else None,
        closing_minor=closing[0] if closing and has_both else None,
        lines=tuple(open_.lines),
    )


def _balance(open_: _Open, kinds: tuple[str, ...], currency: str) -> tuple[int, date | None] | None:
    for kind in kinds:
        for facts in open_.balances:
            if _one(facts, "Tp/CdOrPrtry/Cd") == kind:
                where = f"the balance {kind}"
                minor = _signed(facts, currency, where)
                day = _day(_one(facts, "Dt/Dt", "Dt/DtTm"))
                # What was closed before (PRCD) opens the day after.
                return minor, day + timedelta(days=1) if day and kind == "PRCD" else day
    return None


def _signed(facts: Facts, currency: str, where: str) -> int:
    text, stated = next(((text, ccy) for path, text, ccy in facts if path == "Amt"), ("", ""))
    if stated and stated != currency:
        raise StatementUnreadable(f"In {where} the amount is in {stated}, and the account in {currency}.")
    minor = amount_of(text, currency, where)
    sign = _one(facts, "CdtDbtInd")
    if sign not in ("CRDT", "DBIT"):
        raise StatementUnreadable(f"In {where} CdtDbtInd is {sign[:20]!r}: it must be CRDT or DBIT.")
    return minor if sign == "CRDT" else -minor


def _lines(facts: Facts, currency: str, place: int) -> Iterator[Line]:
    where = f"booking {place}"
    if _one(facts, "Sts", "Sts/Cd") in ("PDNG", "INFO", "FUTR"):
        return
    booked = _day(_one(facts, "BookgDt/Dt", "BookgDt/DtTm")) or _day(_one(facts, "ValDt/Dt", "ValDt/DtTm"))
    if booked is None:
        raise StatementUnreadable(f"In {where} there is no day: BookgDt and ValDt are missing or no dates.")
    references = [text for text in _all(facts, "EndToEndId", "CdtrRefInf/Ref") if text != "NOTPROVIDED"]
    yield Line(
        booked_on=booked,
        value_on=_day(_one(facts, "ValDt/Dt", "ValDt/DtTm")),
        amount_minor=_signed(facts, currency, where),
        text=joined(*_all(facts, "RmtInf/Ustrd", "AddtlNtryInf", "AddtlTxInf"), *references),
        counterparty=joined(*_all(facts, "Dbtr/Nm", "Dbtr/Pty/Nm"))[:200],
        reference=_one(facts, "AcctSvcrRef"),
        kind="-".join(filter(None, (_one(facts, path) for path in _KIND))) or _one(facts, "BkTxCd/Prtry/Cd"),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
