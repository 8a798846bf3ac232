"""What a ticket tells about who writes: addresses, ids, and what stands on a card's statement. Never proof by itself.

Bounded on every side, because whoever writes a ticket decides what stands in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from connectors.currencies import EXPONENTS
from connectors.money import AmountInvalid, Money

MOST_EMAILS, MOST_WORDS, MOST_OTHERS = 5, 12, 4
LONGEST_TEXT = 20_000
_EMAIL = re.compile(r"[^\s@<>\"'(),;:]{1,64}@[^\s@<>\"'(),;:]{1,190}")
_IDENTIFIER = re.compile(r"(?<![\w-])(?:[a-z]{2,5}_[A-Za-z0-9_]{3,60}|[A-Z]{1,8}-[A-Za-z0-9-]{1,30})(?![\w-])")
_ORDER = re.compile(
    r"(?:#|\b(?:order|bestellung|commande|pedido|invoice|rechnung)\s*(?:no\.?|nr\.?|number)?\s*#?)\s*(\d{2,12})\b", re.I
)
_LAST4 = re.compile(r"(?:ending(?: in| with)?|endet auf|\*{2,}|•{2,}|x{4,}|last four(?: digits)?:?)\s*(\d{4})\b", re.I)
_AMOUNT = re.compile(
    r"(?<![\w.,])(\d{1,9}(?:[.,]\d{1,3})?)\s*([A-Za-z]{3}|[€$£¥])(?!\w)|([€$£¥])\s?(\d{1,9}(?:[.,]\d{1,3})?)(?!\w|[.,]\d)"
)
_SIGNS = {"€": ("EUR",), "$": ("USD", "AUD", "CAD"), "£": ("GBP",), "¥": ("JPY",)}
_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b|\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")


@dataclass(frozen=True, slots=True)
class Clues:
    """What may say whose a ticket is. `amounts`: (minor units, currency); `days`: ISO 8601."""

    emails: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    last4: tuple[str, ...] = ()
    amounts: tuple[tuple[int, str], ...] = ()
    days: tuple[str, ...] = ()
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        """For sealing."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Clues:
        """The same again. Raises TypeError or ValueError for anything else."""
        amounts = tuple((int(minor), str(currency)) for minor, currency in value["amounts"])
        texts = {name: tuple(map(str, value[name])) for name in ("emails", "identifiers", "last4", "days")}
        return cls(**texts, amounts=amounts, name=str(value["name"]))

    @property
    def dates(self) -> list[date]:
        """The days."""
        return [date.fromisoformat(day) for day in self.days]


def clues_of(*, emails: Iterable[str], name: str = "", text: str = "") -> Clues:
    """Read a ticket: the requester's addresses, their name, and subject and text together."""
    text = text[:LONGEST_TEXT]
    words = [*(found.group() for found in _IDENTIFIER.finditer(text)), *(found[1] for found in _ORDER.finditer(text))]
    return Clues(
        emails=_first((normalised(email) for email in emails), MOST_EMAILS),
        identifiers=_first(words, MOST_WORDS),
        last4=_first((found[1] for found in _LAST4.finditer(text)), MOST_OTHERS),
        amounts=tuple(dict.fromkeys(_amounts(text)))[:MOST_OTHERS],
        days=_first(_days(text), MOST_OTHERS),
        name="".join(sign for sign in name if sign.isprintable())[:80],
    )


def normalised(email: str) -> str:
    """The one spelling of an address: lower case, no blanks around it; empty for what is none. Signs that look alike
    stay what they are: an address in other letters is another address."""
    email = email.strip().lower()
    return email if len(email) <= 254 and _EMAIL.fullmatch(email) and email.isprintable() else ""


def without_tag(email: str) -> str:
    """jane+shop@example.com -> jane@example.com; the address itself where it has no tag."""
    local, _, domain = email.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if local.partition("+")[0] else email


def mixes_alphabets(email: str) -> bool:
    """Whether letters of several alphabets stand in one address: it may be made to look like another one."""
    alphabets = {unicodedata.name(sign, "?").split(" ")[0] for sign in email if sign.isalpha()}
    return len(alphabets) > 1 or bool(alphabets - {"LATIN"})


def _first(found: Iterable[str], most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in found if word))[:most]


def _amounts(text: str) -> Iterable[tuple[int, str]]:
    for found in _AMOUNT.finditer(text):
        number, unit = (found[1], found[2]) if found[1] else (found[4], found[3])
        for currency in _SIGNS.get(unit, (unit.upper(),)):
            if currency in EXPONENTS:
                try:
                    yield Money.parse(number.replace(",", "."), currency).minor, currency
                except AmountInvalid:
                    continue


def _days(text: str) -> Iterable[str]:
    for found in _DAY.finditer(text):
        year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
        try:
            yield date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
