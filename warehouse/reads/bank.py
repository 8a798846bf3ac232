"""Bank lines beside payouts: what belongs together, what does not, and probably why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from warehouse.published import PublishedFile


@dataclass(frozen=True, slots=True)
class BankFilter:
    """What the page was asked for; None means all. Days are inclusive."""

    since: date | None = None
    until: date | None = None
    bank_account: str | None = None
    account: str | None = None
    currency: str | None = None
    side: str | None = None
    result: str | None = None
    cause: str | None = None


_WHERE = """($since::DATE IS NULL OR on_day >= $since) AND ($until::DATE IS NULL OR on_day <= $until)
    AND ($bank_account::VARCHAR IS NULL OR bank_account = $bank_account)
    AND ($account::VARCHAR IS NULL OR account = $account) AND ($currency::VARCHAR IS NULL OR currency = $currency)
    AND ($side::VARCHAR IS NULL OR side = $side) AND ($result::VARCHAR IS NULL OR result = $result)
    AND ($cause::VARCHAR IS NULL OR cause = $cause)"""


def rows(
    published: PublishedFile, asked: BankFilter, today: date, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """Bank lines and payouts, what is open first, then the newest; `age_days` counts up to `today`."""
    return published.rows(
        f"""SELECT *, $today::DATE - on_day AS age_days FROM marts.bank_reconciliation WHERE {_WHERE}
            ORDER BY result = 'matched', on_day DESC, bank_account, side, object_id LIMIT $limit OFFSET $offset""",  # noqa: S608
        {**asdict(asked), "today": today, "limit": limit, "offset": offset},
    )


def results(published: PublishedFile, asked: BankFilter) -> list[dict[str, Any]]:
    """Counts and sums per result, cause, side and currency; what is open first."""
    return published.rows(
        f"""SELECT result, cause, side, currency, count(*) AS rows, sum(amount_minor)::BIGINT AS amount_minor
            FROM marts.bank_reconciliation WHERE {_WHERE}
            GROUP BY result, cause, side, currency
            ORDER BY result = 'matched', cause, side, currency""",  # noqa: S608
        asdict(asked),
    )


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """What can be chosen in the filters."""
    row = published.rows(
        """SELECT list(DISTINCT bank_account) AS bank_account, list(DISTINCT account) AS account,
                  list(DISTINCT currency) AS currency, list(DISTINCT cause) AS cause
           FROM marts.bank_reconciliation"""
    )[0]
    return {name: sorted(value for value in values or [] if value) for name, values in row.items()}


def find_line(published: PublishedFile, bank_account: str, line_id: str) -> dict[str, Any] | None:
    """A line of a bank with its statement, or None."""
    found = published.rows(
        """SELECT r.*, l.value_on, l.reference, l.kind, s.name AS statement, s.file_name, s.imported_by
           FROM marts.bank_reconciliation r
           JOIN canonical.bank_lines l ON l.bank_account = r.bank_account AND l.bank_line_id = r.object_id
           LEFT JOIN canonical.bank_statements s ON s.bank_account = l.bank_account AND s.statement_id = l.statement_id
           WHERE r.side = 'bank line' AND r.bank_account = ? AND r.object_id = ?""",
        [bank_account, line_id],
    )
    return found[0] if found else None


def payouts_of_line(published: PublishedFile, bank_account: str, line_id: str) -> list[dict[str, Any]]:
    """The payouts that a line was matched with."""
    return published.rows(
        """SELECT p.account, p.payout_id, p.arrival_on, p.amount_minor, p.currency, m.rule
           FROM marts.bank_matches m JOIN canonical.payouts p USING (gateway, account, payout_id)
           WHERE m.bank_account = ? AND m.bank_line_id = ? ORDER BY p.arrival_on, p.payout_id""",
        [bank_account, line_id],
    )


def of_payout(published: PublishedFile, account: str, payout_id: str) -> dict[str, Any] | None:
    """What the bank says of a payout; None where no bank account of the settings takes it."""
    found = published.rows(
        "SELECT * FROM marts.bank_reconciliation WHERE side = 'payout' AND account = ? AND object_id = ?",
        [account, payout_id],
    )
    return found[0] if found else None
