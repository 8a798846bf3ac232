"""The balance at each gateway, day by day, from its balance transactions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from warehouse.published import PublishedFile

PARTS = ("charges", "refunds", "disputes", "fees", "payouts", "other")
"""What a day's movements are made of; their sum is the day's net."""


@dataclass(frozen=True, slots=True)
class BalanceFilter:
    """What the page was asked for; None means all. Days are inclusive."""

    since: date | None = None
    until: date | None = None
    account: str | None = None
    currency: str | None = None


def days(
    published: PublishedFile, asked: BalanceFilter, *, limit: int | None = None, offset: int = 0
) -> list[dict[str, Any]]:
    """One row per account, currency and day that moved: opening + the parts = closing; the newest day first."""
    parts = ", ".join(f"{name}_minor" for name in PARTS)
    return published.rows(
        f"""WITH running AS (
                SELECT *, (sum(net_minor) OVER of_account)::BIGINT AS closing_minor FROM marts.balance_by_day
                WINDOW of_account AS (PARTITION BY gateway, account, currency ORDER BY on_day))
            SELECT on_day, account, currency, movements, (closing_minor - net_minor) AS opening_minor, {parts},
                   net_minor, closing_minor
            FROM running
            WHERE ($since::DATE IS NULL OR on_day >= $since) AND ($until::DATE IS NULL OR on_day <= $until)
                AND ($account::VARCHAR IS NULL OR account = $account)
                AND ($currency::VARCHAR IS NULL OR currency = $currency)
            ORDER BY on_day DESC, account, currency LIMIT $limit OFFSET $offset""",  # noqa: S608
        {**asdict(asked), "limit": limit, "offset": offset},
    )


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """Accounts and currencies that have a balance."""
    row = published.rows(
        "SELECT list(DISTINCT account) AS account, list(DISTINCT currency) AS currency FROM marts.balance_by_day"
    )[0]
    return {name: sorted(values or []) for name, values in row.items()}


def movements(
    published: PublishedFile,
    account: str,
    currency: str,
    bounds: tuple[datetime, datetime],
    *,
    limit: int,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """The balance transactions of an account and currency between two instants, the first of them inside."""
    return published.rows(
        """SELECT created_at, type, source_id, gross_minor, fee_minor, net_minor, currency, balance_transaction_id
           FROM canonical.balance_transactions
           WHERE account = ? AND currency = ? AND created_at >= ? AND created_at < ?
           ORDER BY created_at, balance_transaction_id LIMIT ? OFFSET ?""",
        [account, currency, *bounds, limit, offset],
    )
