"""The bank into which the stand-in pays out: a statement (CAMT.053) of its paid payouts, with defects on purpose.

Every currency has an account under one number. The euro account has all the defects; the others are clean.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from sandbox.stripe.money import EXPONENTS
from sandbox.stripe.wire import Json

IBAN = "DE89370400440532013000"
OPENING = 100_000
NEEDED = 8
"""So few payouts in euros make no statement with defects."""


@dataclass(frozen=True)
class Line:
    """One booking; positive amounts came in."""

    booked_on: date
    amount: int
    text: str
    counterparty: str


@dataclass(frozen=True)
class Statement:
    """The lines of one currency, and which defects were planted: name, payouts, and the line's text."""

    currency: str
    lines: tuple[Line, ...]
    defects: tuple[Json, ...]


def statements(payouts: list[Json]) -> list[Statement]:
    """One per currency that was paid out."""
    paid = sorted(
        (one for one in payouts if one["status"] == "paid"), key=lambda one: (one["currency"], one["arrival_date"])
    )
    return [_statement(currency, list(same)) for currency, same in groupby(paid, key=lambda one: str(one["currency"]))]


def _statement(currency: str, paid: list[Json]) -> Statement:
    if currency != "eur" or len(paid) < NEEDED:
        return Statement(currency, tuple(_arrived(place, one) for place, one in enumerate(paid)), ())
    short, first, second, missing = paid[1], paid[3], paid[4], paid[2]
    both = first["amount"] + second["amount"]
    apart = {one["id"] for one in (short, first, second, missing)}
    lines = [_arrived(place, one) for place, one in enumerate(paid) if one["id"] not in apart]
    lines += [
        Line(_day(short), short["amount"] - 1_250, f"STRIPE {short['id']}", "Stripe Payments Europe"),
        Line(_day(second), both, f"{first['id']} {second['id']}", "Stripe Payments Europe"),
        Line(_day(missing), 4_321, "Invoice 2291 Marta Oliveira", "M. Oliveira"),
    ]
    last = _day(paid[-1])
    lines += [
        Line(day, -490, "Account fee", "Example Bank") for day in sorted({_day_28(one) for one in paid}) if day <= last
    ]
    defects: tuple[Json, ...] = (
        {"name": "fee_deducted", "payouts": [short["id"]], "amount": short["amount"] - 1_250},
        {"name": "two_payouts_in_one_line", "payouts": [first["id"], second["id"]], "amount": both},
        {"name": "missing_line", "payouts": [missing["id"]], "amount": missing["amount"]},
        {"name": "unknown_line", "payouts": [], "amount": 4_321},
    )
    return Statement(currency, tuple(sorted(lines, key=lambda line: line.booked_on)), defects)


def _arrived(place: int, payout: Json) -> Line:
    """Every third says nothing of which payout it is, and every second comes a day later."""
    text = "STRIPE PAYOUT" if place % 3 == 2 else f"STRIPE {payout['id']}"
    return Line(_day(payout) + timedelta(days=place % 2), payout["amount"], text, "Stripe Payments Europe")


def _day(payout: Json) -> date:
    return datetime.fromtimestamp(payout["arrival_date"], UTC).date()


def _day_28(payout: Json) -> date:
    day = _day(payout)
    return day.replace(day=1) + timedelta(days=27)


def camt053(found: list[Statement]) -> str:
    """All statements in one file."""
    name = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
    inside = "".join(_stmt(one) for one in found)
    root = f'<Document xmlns="{name}"><BkToCstmrStmt>{inside}</BkToCstmrStmt></Document>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{root}'


def _stmt(one: Statement) -> str:
    code = one.currency.upper()
    since, until = one.lines[0].booked_on.replace(day=1), one.lines[-1].booked_on
    closing = OPENING + sum(line.amount for line in one.lines)
    balances = _balance("OPBD", OPENING, one.currency, since) + _balance("CLBD", closing, one.currency, until)
    return (
        f"<Stmt><Id>{code}-{until}</Id><FrToDt><FrDtTm>{since}T00:00:00</FrDtTm><ToDtTm>{until}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>{code}</Ccy></Acct>{balances}"
        f"{''.join(_entry(line, one.currency) for line in one.lines)}</Stmt>"
    )


def _balance(kind: str, amount: int, currency: str, day: date) -> str:
    what = f"<Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{what}{_amount(amount, currency)}<Dt><Dt>{day}</Dt></Dt></Bal>"


def _entry(line: Line, currency: str) -> str:
    return (
        f"<Ntry>{_amount(line.amount, currency)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{line.booked_on}</Dt></BookgDt>"
        f"<ValDt><Dt>{line.booked_on}</Dt></ValDt><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>{line.counterparty}</Nm></Pty>"
        f"</Dbtr></RltdPties><RmtInf><Ustrd>{line.text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _amount(amount: int, currency: str) -> str:
    exponent = EXPONENTS[currency]
    whole, part = divmod(abs(amount), 10**exponent)
    text = f"{whole}.{part:0{exponent}d}" if exponent else str(whole)
    sign = "DBIT" if amount < 0 else "CRDT"
    return f'<Amt Ccy="{currency.upper()}">{text}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
