"""People: customers and guest payers over all accounts, found by whatever a support agent has in hand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.currencies import EXPONENTS
from connectors.money import AmountInvalid, Money
from warehouse.published import PublishedFile

MAX_WORDS = 8
_FOLDED = "strip_accents(replace(replace(lower(${}), 'ß', 'ss'), 'ς', 'σ'))"
"""A word as `search_text` is written: lower case, without accents (warehouse/macros.sql)."""


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """One customer object at one account."""

    gateway: str
    account: str
    customer_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person; money is per currency, never added across currencies."""

    person_id: str
    email: str | None
    name: str | None
    country: str | None
    customers: tuple[CustomerKey, ...]
    charges: int
    gross: tuple[Money, ...]
    first_seen_at: datetime | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a person's timeline."""

    at: datetime
    kind: str
    account: str
    object_id: str
    charge_id: str | None
    title: str
    money: Money | None
    status: str | None
    detail: dict[str, Any]


def find_person(published: PublishedFile, person_id: str) -> Person | None:
    """One person, or None."""
    rows = published.rows("SELECT * EXCLUDE (search_text) FROM marts.people WHERE person_id = ?", [person_id])
    return _person(rows[0]) if rows else None


def person_of_charge(published: PublishedFile, account: str, charge_id: str) -> str | None:
    """The person_id behind a charge, or None."""
    rows = published.rows(
        "SELECT person_id FROM marts.charge_search WHERE account = ? AND charge_id = ?", [account, charge_id]
    )
    return str(rows[0]["person_id"]) if rows else None


def search(published: PublishedFile, query: str, *, limit: int = 50) -> list[Person]:
    """People whose names, addresses and ids, or one of whose charges, hold every word; the order of words is free.

    A word of four digits may be a card's last four, a word like 19.99 an amount, ch_… a charge; a currency code
    beside an amount narrows it; a word alone may be the id of a charge of any gateway. Latest seen first.
    """
    words = query.lower().split()[:MAX_WORDS]
    if not words:
        return []
    text, of_charge, parameters = _conditions(words)
    by_charge = f"person_id IN (SELECT person_id FROM marts.charge_search WHERE {of_charge})" if of_charge else "false"
    rest = " AND ".join(text["rest"]) or "true"
    by_id = "false"
    if len(words) == 1:
        # Each gateway has ids of its own shape; as they are written, they are found by the index.
        parameters |= {"id": query.strip(), "id_lower": words[0], "id_upper": words[0].upper()}
        ids = "charge_id IN ($id, $id_lower, $id_upper)"
        by_id = f"person_id IN (SELECT person_id FROM marts.charge_search WHERE {ids})"  # noqa: S608
    sql = f"""
        SELECT * EXCLUDE (search_text) FROM marts.people
        WHERE ({" AND ".join(text["all"])}) OR ({rest} AND {by_charge}) OR {by_id}
        ORDER BY last_seen_at DESC NULLS LAST, person_id LIMIT {int(limit)}"""  # noqa: S608 - only our own fragments
    return [_person(row) for row in published.rows(sql, parameters)]


def _conditions(words: list[str]) -> tuple[dict[str, list[str]], str, dict[str, object]]:
    """SQL fragments: words in the person's text (all, and those that cannot be of a charge), and on one charge."""
    parameters: dict[str, object] = {}
    every, rest, of_charge = [], [], []
    for number, word in enumerate(words):
        name = f"word{number}"
        parameters[name] = word
        every.append(f"contains(search_text, {_FOLDED.format(name)})")
        charge = _charge_condition(word, name, parameters)
        if charge:
            of_charge.append(charge)
        else:
            rest.append(every[-1])
    return {"all": every, "rest": rest}, " AND ".join(of_charge), parameters


def _charge_condition(word: str, name: str, parameters: dict[str, object]) -> str:
    """What the word may mean on a charge; empty where it cannot be about one."""
    if word.upper() in EXPONENTS:
        return f"currency = upper(${name})"
    if re.fullmatch(r"[a-z]{2,6}_[a-z0-9_]{3,}", word):
        return f"lower(charge_id) = ${name}"
    meanings = [f"card_last4 = ${name}"] if re.fullmatch(r"\d{4}", word) else []
    for number, (decimals, minor) in enumerate(sorted(_amounts(word))):
        parameters[f"{name}_{number}"] = minor
        codes = ", ".join(f"'{code}'" for code, found in EXPONENTS.items() if found == decimals)
        meanings.append(f"(amount_minor = ${name}_{number} AND currency IN ({codes}))")
    return f"({' OR '.join(meanings)})" if meanings else ""


def _amounts(word: str) -> set[tuple[int, int]]:
    """(decimals, minor units) for a word that reads as an amount: 19.99, 19,99, 1.234,50, 1,234.50 or 80,000."""
    if not re.fullmatch(r"[0-9][0-9.,]{0,14}", word):
        return set()
    whole, _, fraction = word.replace(",", ".").rpartition(".")
    readings = {f"{whole.replace('.', '')}.{fraction}"} if whole and 1 <= len(fraction) <= 3 else set()
    if re.fullmatch(r"[0-9]+|[0-9]{1,3}([.,][0-9]{3})+", word):
        readings.add(re.sub(r"[.,]", "", word))
    found = set()
    for decimals, currency in ((0, "JPY"), (2, "EUR"), (3, "KWD")):
        for reading in readings:
            try:
                found.add((decimals, Money.parse(reading, currency).minor))
            except AmountInvalid:
                continue
    return found


def timeline(
    published: PublishedFile, person_id: str, *, kind: str | None = None, limit: int = 100, offset: int = 0
) -> list[Event]:
    """The person's events, newest first."""
    rows = published.rows(
        f"""SELECT * FROM marts.customer_timeline WHERE person_id = ?{" AND kind = ?" if kind else ""}
            ORDER BY "at" DESC, object_id LIMIT {int(limit)} OFFSET {int(offset)}""",  # noqa: S608 - whole numbers
        [person_id, *([kind] if kind else [])],
    )
    return [_event(row) for row in rows]


def _person(row: dict[str, Any]) -> Person:
    keys = tuple(CustomerKey(key["gateway"], key["account"], key["customer_id"]) for key in _json(row["customer_keys"]))
    gross = tuple(
        Money(int(minor), currency) for currency, minor in sorted(_json(row["gross_minor_by_currency"]).items())
    )
    return Person(
        row["person_id"],
        row["email"],
        row["name"],
        row["country"],
        keys,
        int(row["charges"]),
        gross,
        row["first_seen_at"],
        row["last_seen_at"],
    )


def _event(row: dict[str, Any]) -> Event:
    money = None if row["amount_minor"] is None else Money(int(row["amount_minor"]), row["currency"])
    return Event(
        row["at"],
        row["kind"],
        row["account"],
        row["object_id"],
        row["charge_id"],
        row["title"],
        money,
        row["status"],
        _json(row["detail"]) or {},
    )


def _json(value: object) -> Any:
    return json.loads(value) if isinstance(value, str) else value or {}
