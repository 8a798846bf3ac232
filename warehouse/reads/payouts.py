"""Payouts beside their lines: what agrees, what does not, and probably why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from warehouse.published import PublishedFile


@dataclass(frozen=True, slots=True)
class PayoutFilter:
    """What the page was asked for; None means all. Days are inclusive."""

    since: date | None = None
    until: date | None = None
    account: str | None = None
    currency: str | None = None
    result: str | None = None


_WHERE = """($since::DATE IS NULL OR arrival_on >= $since) AND ($until::DATE IS NULL OR arrival_on <= $until)
    AND ($account::VARCHAR IS NULL OR account = $account) AND ($currency::VARCHAR IS NULL OR currency = $currency)
    AND ($result::VARCHAR IS NULL OR result = $result)"""


def reconciliation(
    published: PublishedFile, asked: PayoutFilter, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """One row per payout; those that do not agree first, then the newest."""
    return published.rows(
        f"""SELECT gateway, account, payout_id, currency, arrival_on, amount_minor, lines, net_minor, difference_minor,
                   result, probable_cause
            FROM marts.payout_reconciliation WHERE {_WHERE}
            ORDER BY result = 'matched', arrival_on DESC, payout_id LIMIT $limit OFFSET $offset""",  # noqa: S608
        {**asdict(asked), "limit": limit, "offset": offset},
    )


def results(published: PublishedFile, asked: PayoutFilter) -> list[dict[str, Any]]:
    """How many payouts, and which sums, per result and currency."""
    return published.rows(
        f"""SELECT result, currency, count(*) AS payouts, sum(amount_minor)::BIGINT AS amount_minor,
                   sum(difference_minor)::BIGINT AS difference_minor
            FROM marts.payout_reconciliation WHERE {_WHERE}
            GROUP BY result, currency ORDER BY result = 'matched', result, payouts DESC""",  # noqa: S608
        asdict(asked),
    )


def find_payout(published: PublishedFile, account: str, payout_id: str) -> dict[str, Any] | None:
    """One payout's reconciliation, or None."""
    rows = published.rows(
        "SELECT * FROM marts.payout_reconciliation WHERE account = ? AND payout_id = ?", [account, payout_id]
    )
    return rows[0] if rows else None


def lines(published: PublishedFile, account: str, payout_id: str, *, limit: int) -> list[dict[str, Any]]:
    """The balance transactions in a payout; a line whose transaction was never seen has nulls."""
    return published.rows(
        """SELECT line.balance_transaction_id, moved.type, moved.source_id, moved.gross_minor, moved.fee_minor,
                  moved.net_minor, moved.currency, moved.created_at
           FROM canonical.payout_lines AS line
           LEFT JOIN canonical.balance_transactions AS moved USING (gateway, account, balance_transaction_id)
           WHERE line.account = ? AND line.payout_id = ?
           ORDER BY moved.created_at, line.balance_transaction_id LIMIT ?""",
        [account, payout_id, limit],
    )


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """What can be chosen in the filters."""
    row = published.rows(
        """SELECT list(DISTINCT account) AS account, list(DISTINCT currency) AS currency,
                  list(DISTINCT result) AS result
           FROM marts.payout_reconciliation"""
    )[0]
    return {name: sorted(value for value in values or [] if value) for name, values in row.items()}
