"""Reconcile payouts: does each payout equal the sum of its balance transactions, to the minor unit?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from warehouse.published import PublishedFile


@dataclass(frozen=True, slots=True)
class PayoutReconciliation:
    """All payouts of one account in one currency: how many match, and the rest one by one."""

    account: str
    currency: str
    payouts: int
    matched: int
    amount_minor: int
    difference_minor: int
    open: tuple[dict[str, Any], ...]
    """Rows of marts.payout_reconciliation that do not match, with the probable cause."""

    @property
    def is_matched(self) -> bool:
        return self.payouts == self.matched


def reconcile(published: PublishedFile) -> list[PayoutReconciliation]:
    """One result per account and currency, from the published file."""
    rows = published.rows("SELECT * FROM marts.payout_reconciliation ORDER BY account, currency, arrival_on, payout_id")
    return [
        _of(account, currency, list(same))
        for (account, currency), same in groupby(rows, key=lambda row: (str(row["account"]), str(row["currency"])))
    ]


def _of(account: str, currency: str, rows: list[dict[str, Any]]) -> PayoutReconciliation:
    open_rows = tuple(row for row in rows if row["result"] != "matched")
    return PayoutReconciliation(
        account=account,
        currency=currency,
        payouts=len(rows),
        matched=len(rows) - len(open_rows),
        amount_minor=sum(row["amount_minor"] for row in rows),
        difference_minor=sum(row["difference_minor"] for row in open_rows),
        open=open_rows,
    )
