"""Whose a ticket may be: people by address, by an id that somebody named, by what stands on a card's statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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
    return _named(
        published,
        """SELECT person_id, email AS word FROM marts.people WHERE email IN (SELECT unnest($emails::VARCHAR[]))
           UNION SELECT person_id, email FROM marts.charge_search
           WHERE email IN (SELECT unnest($emails::VARCHAR[])) ORDER BY ALL LIMIT $most""",
        {"emails": list(emails), "most": MOST},
    )


def people_by_identifier(published: PublishedFile, identifiers: Sequence[str]) -> list[Named]:
    """People who own what one of these ids names: a charge or order, a customer, subscription, invoice or document."""
    if not identifiers:
        return []
    return _named(
        published,
        """WITH wanted AS (SELECT unnest($identifiers::VARCHAR[]) AS word)
           SELECT person_id, charge_id AS word FROM marts.charge_search WHERE charge_id IN (FROM wanted)
           UNION SELECT person_id, customer_id FROM marts.customer_people WHERE customer_id IN (FROM wanted)
           UNION SELECT person_id, subscription_id FROM canonical.subscriptions
               JOIN marts.customer_people USING (gateway, account, customer_id) WHERE subscription_id IN (FROM wanted)
           UNION SELECT person_id, invoice_id FROM canonical.invoices
               JOIN marts.customer_people USING (gateway, account, customer_id) WHERE invoice_id IN (FROM wanted)
           UNION SELECT person_id, number FROM canonical.invoices
               JOIN marts.customer_people USING (gateway, account, customer_id) WHERE number IN (FROM wanted)
           UNION SELECT person_id, number FROM books.documents
               WHERE number IN (FROM wanted) AND person_id IS NOT NULL
           ORDER BY ALL LIMIT $most""",
        {"identifiers": list(identifiers), "most": MOST},
    )


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


def likely_duplicates(published: PublishedFile, person_id: str) -> dict[tuple[str, str], str]:
    """(account, charge id) -> the earlier charge that it likely repeats; the rule is likely_duplicate_charges.sql's."""
    rows = published.rows(
        """WITH own AS (
               SELECT charge.* FROM marts.charge_search
               JOIN canonical.charges AS charge USING (gateway, account, charge_id)
               WHERE person_id = ? AND charge.status = 'succeeded' AND charge.refunded_minor < charge.captured_minor
           )
           SELECT c.account, c.charge_id, max(e.charge_id) AS earlier
           FROM own AS c JOIN own AS e
               ON e.account = c.account AND e.amount_minor = c.amount_minor AND e.currency = c.currency
               AND e.description IS NOT DISTINCT FROM c.description AND e.card_last4 IS NOT DISTINCT FROM c.card_last4
               AND (e.created_at, e.charge_id) < (c.created_at, c.charge_id)
               AND e.created_at >= c.created_at - INTERVAL 10 MINUTES
           GROUP BY ALL""",
        [person_id],
    )
    return {(row["account"], row["charge_id"]): row["earlier"] for row in rows}


def fresh_per_account(published: PublishedFile, accounts: Sequence[str]) -> dict[str, object]:
    """Account -> when something of it was last read at the gateway (UTC)."""
    rows = published.rows(
        """SELECT account, max(last_seen_at) AS seen_at FROM marts.freshness
           WHERE account IN (SELECT unnest(?::VARCHAR[])) GROUP BY account ORDER BY account""",
        [list(accounts)],
    )
    return {row["account"]: row["seen_at"] for row in rows}


def _named(published: PublishedFile, sql: str, parameters: Mapping[str, object]) -> list[Named]:
    return [Named(row["person_id"], row["word"]) for row in published.rows(sql, parameters)]
