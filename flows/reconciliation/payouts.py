"""Reconcile payouts: does each payout equal the sum of its balance transactions, to the minor unit?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from warehouse.published import PublishedFile


@dataclass(frozen=True, slots=True)
class PayoutReconciliation:
    """All payouts of one currency: how many match, and the rest one by one."""

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
    """One result per currency, from the published file."""
    rows = published.rows("SELECT * FROM marts.payout_reconciliation ORDER BY currency, arrival_on, payout_id")
    currencies = sorted({str(row["currency"]) for row in rows})
    return [_of_currency(currency, [row for row in rows if row["currency"] == currency]) for currency in currencies]


def _of_currency(currency: str, rows: list[dict[str, Any]]) -> PayoutReconciliation:
    open_rows = tuple(row for row in rows if row["result"] != "matched")
    return PayoutReconciliation(
        currency=currency,
        payouts=len(rows),
        matched=len(rows) - len(open_rows),
        amount_minor=sum(row["amount_minor"] for row in rows),
        difference_minor=sum(row["difference_minor"] for row in open_rows),
        open=open_rows,
    )
