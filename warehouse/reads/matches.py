"""Whose a ticket may be: people by address, by an id that somebody named, by what stands on a card's statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from warehouse.published import PublishedFile

AROUND = timedelta(days=3)
"""A statement shows a payment some days after it was made, and people remember the wrong day."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Named:
    """One person, and the word that led to them, such as an address or a charge's id."""

    person_id: str
    word: str


def people_by_email(published: PublishedFile, emails: Sequence[str]) -> list[Named]:
    """People with exactly one of these addresses (in lower case), as customers or on one of their charges."""
    if not emails:
        return []
    return _looked_up(published, emails, ("marts.people", "email"), ("marts.charge_search", "email"))


def people_by_identifier(published: PublishedFile, identifiers: Sequence[str]) -> list[Named]:
    """People who own what one of these ids names: a charge or order, a customer, subscription, invoice or document."""
    if not identifiers:
        return []
    owned = "canonical.{} JOIN marts.customer_people USING (gateway, account, customer_id)"
    return _looked_up(
        published,
        identifiers,
        ("marts.charge_search", "charge_id"),
        ("marts.order_search", "order_id"),
        ("marts.order_search", "number"),
        ("marts.customer_people", "customer_id"),
        (owned.format("subscriptions"), "subscription_id"),
        (owned.format("invoices"), "invoice_id"),
        (owned.format("invoices"), "number"),
        ("books.documents", "number"),
    )


def _looked_up(published: PublishedFile, words: Sequence[str], *places: tuple[str, str]) -> list[Named]:
    """The people of the rows whose column (of a table or a join) is one of the words; each place is asked by itself,
    with plain comparisons, because only those are looked up in an index."""
    among = ", ".join("?" * len(words))
    found: dict[Named, None] = {}
    for table, column in places:
        sql = f"SELECT person_id, {column} AS word FROM {table} WHERE {column} IN ({among}) LIMIT {MOST * 20}"  # noqa: S608
        rows = published.rows(sql, list(words))
        found |= {Named(row["person_id"], row["word"]): None for row in rows if row["person_id"]}
    return sorted(found, key=lambda named: (named.person_id, named.word))[:MOST]


def people_by_payment(
    published: PublishedFile, last4: Sequence[str], amounts: Sequence[tuple[int, str]], days: Sequence[date]
) -> list[Named]:
    """People with a charge of such a card, such an amount (minor units, currency) and about such a day: all three."""
    if not (last4 and amounts and days):
        return []
    parameters: dict[str, object] = {
        "last4": list(last4),
        "minor": [minor for minor, _ in amounts],
        "currencies": [currency for _, currency in amounts],
        "since": [day - AROUND for day in days],
        "until": [day + AROUND for day in days],
        "most": MOST,
    }
    return _named(
        published,
        """WITH amount AS (SELECT unnest($minor::BIGINT[]) AS amount_minor, unnest($currencies::VARCHAR[]) AS currency),
                day AS (SELECT unnest($since::DATE[]) AS since, unnest($until::DATE[]) AS until)
           SELECT DISTINCT person_id, charge_id AS word FROM marts.charge_search
           JOIN amount USING (amount_minor, currency) JOIN day ON created_at::DATE BETWEEN day.since AND day.until
           WHERE card_last4 IN (SELECT unnest($last4::VARCHAR[])) ORDER BY ALL LIMIT $most""",
        parameters,
    )


def people_by_descriptor(published: PublishedFile, text: str) -> list[Named]:
    """People with a charge whose text on the statement holds this one; newest charges first."""
    return _named(
        published,
        """SELECT person_id, any_value(statement_descriptor) AS word FROM marts.charge_search
           WHERE contains(lower(statement_descriptor), lower($text))
           GROUP BY person_id ORDER BY max(created_at) DESC, person_id LIMIT $most""",
        {"text": text, "most": MOST},
    )


def fresh_per_account(published: PublishedFile) -> dict[str, datetime]:
    """Account -> when something of it was last read at the gateway (UTC)."""
    rows = published.rows(
        "SELECT account, max(last_seen_at) AS seen_at FROM marts.freshness GROUP BY account ORDER BY account"
    )
    return {row["account"]: row["seen_at"] for row in rows}


def _named(published: PublishedFile, sql: str, parameters: Mapping[str, object]) -> list[Named]:
    return [Named(row["person_id"], row["word"]) for row in published.rows(sql, parameters)]
