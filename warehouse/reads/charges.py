"""Charges with what was given back of them, and the state that decides what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.money import Money
from connectors.states import ChargeState
from warehouse.published import PublishedFile


@dataclass(frozen=True, slots=True)
class Charge:
    """One attempt to take money."""

    gateway: str
    account: str
    charge_id: str
    customer_id: str | None
    invoice_id: str | None
    amount: Money
    captured: Money
    refunded: Money
    status: str
    is_disputed: bool
    failure_message: str | None
    description: str | None
    statement_descriptor: str | None
    payment_method: str | None
    card_brand: str | None
    card_last4: str | None
    is_settled: bool
    """Whether it stands on the gateway's balance already."""
    seen_at: datetime
    """When it was last read at the gateway."""
    created_at: datetime

    def state(self) -> ChargeState:
        """What `connectors.offers.which_actions` needs, as far as the published file tells it.

        A stored payment method is assumed where there is a customer; the flow reads the gateway's own state.
        """
        is_held = self.status == "authorized"
        is_young = self.status == "succeeded" and not self.is_settled and self.refunded.minor == 0
        return ChargeState(
            self.account,
            self.charge_id,
            self.status,
            self.captured,
            self.refunded,
            self.is_disputed,
            self.created_at,
            capturable=self.amount - self.captured if is_held else None,
            is_voidable=is_held or is_young,
            chargeable=self.amount if self.customer_id and self.amount.minor > 0 else None,
            customer_id=self.customer_id,
        )

    @property
    def means(self) -> str:
        """How it was paid, in words: "Visa •••• 4242"."""
        name = (self.card_brand or self.payment_method or "").replace("_", " ").capitalize()
        return f"{name} •••• {self.card_last4}" if self.card_last4 else name


_COLUMNS = """charge.gateway, charge.account, charge.charge_id, charge.customer_id, charge.invoice_id,
    charge.amount_minor, charge.captured_minor, charge.refunded_minor, charge.currency, charge.status,
    charge.is_disputed, charge.failure_message, charge.description, charge.statement_descriptor,
    charge.payment_method, charge.card_brand, charge.card_last4, charge.seen_at, charge.created_at,
    charge.balance_transaction_id IS NOT NULL AS is_settled"""


def charges_of(published: PublishedFile, person_id: str, *, limit: int = 200) -> list[Charge]:
    """A person's charges over all accounts, newest first."""
    newest = published.rows(
        """SELECT account, charge_id FROM marts.charge_search
           WHERE person_id = ? ORDER BY created_at DESC, charge_id LIMIT ?""",
        [person_id, limit],
    )
    if not newest:
        return []
    # Two queries, because a list of ids is looked up in the index where a join reads the whole table.
    rows = published.rows(
        f"""SELECT {_COLUMNS} FROM canonical.charges AS charge
            WHERE charge_id IN ({", ".join("?" * len(newest))})""",  # noqa: S608 - only places for parameters
        [row["charge_id"] for row in newest],
    )
    found = {(row["account"], row["charge_id"]): _charge(row) for row in rows}
    keys = [(row["account"], row["charge_id"]) for row in newest]
    return [found[key] for key in keys if key in found]


def newer_than(published: PublishedFile, person_id: str, charge_id: str) -> int | None:
    """How many charges of a person are newer than this one of theirs; None where they have no such charge."""
    rows = published.rows(
        """SELECT (SELECT count(*) FROM marts.charge_search AS other WHERE other.person_id = one.person_id
                   AND (other.created_at, one.charge_id) > (one.created_at, other.charge_id)) AS newer
           FROM marts.charge_search AS one WHERE person_id = ? AND charge_id = ?""",
        [person_id, charge_id],
    )
    return rows[0]["newer"] if rows else None


def undisputed_before(published: PublishedFile, person_id: str, until: datetime) -> int:
    """How many charges of a person succeeded before a time and were never disputed."""
    rows = published.rows(
        """SELECT count(*) AS charges FROM canonical.charges
           SEMI JOIN (SELECT account, charge_id FROM marts.charge_search WHERE person_id = $person_id) AS theirs
               USING (account, charge_id)
           WHERE status = 'succeeded' AND NOT is_disputed AND created_at < $until""",
        {"person_id": person_id, "until": until},
    )
    return int(rows[0]["charges"])


def find_charge(published: PublishedFile, account: str, charge_id: str) -> Charge | None:
    """One charge, or None."""
    rows = published.rows(
        f"SELECT {_COLUMNS} FROM canonical.charges AS charge WHERE account = ? AND charge_id = ?",  # noqa: S608
        [account, charge_id],
    )
    return _charge(rows[0]) if rows else None


def charges_by_id(published: PublishedFile, charge_ids: list[str]) -> list[Charge]:
    """The charges of these ids, whatever their account; an id may be known to several accounts."""
    rows = published.rows(
        f"""SELECT {_COLUMNS} FROM canonical.charges AS charge
            WHERE charge_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY account, charge_id""",  # noqa: S608
        [charge_ids],
    )
    return [_charge(row) for row in rows]


def published_requests(published: PublishedFile, charge_ids: list[str]) -> set[str]:
    """The request ids of our own refunds of these charges that the published file already counts."""
    rows = published.rows(
        """SELECT DISTINCT request_id FROM canonical.refunds
           WHERE request_id IS NOT NULL AND charge_id IN (SELECT unnest(?::VARCHAR[]))""",
        [charge_ids],
    )
    return {str(row["request_id"]) for row in rows}


def fee_of_charge(published: PublishedFile, account: str, charge_id: str) -> Money | None:
    """What the gateway kept of a charge, in the currency of its balance; None where it tells no fee."""
    rows = published.rows(
        """SELECT sum(fee_minor)::BIGINT AS fee_minor, currency FROM canonical.balance_transactions
           WHERE account = ? AND source_id = ? AND type IN ('charge', 'payment')
           GROUP BY currency HAVING sum(fee_minor) > 0""",
        [account, charge_id],
    )
    return Money(int(rows[0]["fee_minor"]), rows[0]["currency"]) if len(rows) == 1 else None


def _charge(row: dict[str, Any]) -> Charge:
    currency = row["currency"]
    return Charge(
        row["gateway"],
        row["account"],
        row["charge_id"],
        row["customer_id"],
        row["invoice_id"],
        Money(int(row["amount_minor"]), currency),
        Money(int(row["captured_minor"] or 0), currency),
        Money(int(row["refunded_minor"] or 0), currency),
        row["status"],
        bool(row["is_disputed"]),
        row["failure_message"],
        row["description"],
        row["statement_descriptor"],
        row["payment_method"],
        row["card_brand"],
        row["card_last4"],
        bool(row["is_settled"]),
        row["seen_at"],
        row["created_at"],
    )
