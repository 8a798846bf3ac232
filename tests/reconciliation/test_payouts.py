"""Payouts are reconciled per account and currency; what does not match is listed with its cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.reconciliation.payouts import reconcile


class Published:
    """Rows as the published file gives them."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        return self._rows


def payout(account: str, currency: str, amount: int, difference: int, result: str) -> dict[str, Any]:
    return {
        "account": account, "currency": currency, "amount_minor": amount, "difference_minor": difference,
        "result": result, "payout_id": f"po_{amount}", "probable_cause": "",
    }  # fmt: skip


def test_accounts_and_currencies_are_never_added_up() -> None:
    rows = [
        payout("paypal/eu", "EUR", 70, 70, "no lines"),
        payout("stripe/eu", "EUR", 100, 0, "matched"),
        payout("stripe/eu", "EUR", 200, 5, "missing lines"),
        payout("stripe/eu", "USD", 300, 0, "matched"),
    ]
    results = reconcile(Published(rows))  # type: ignore[arg-type]
    told = [
        (one.account, one.currency, one.payouts, one.matched, one.amount_minor, one.difference_minor) for one in results
    ]
    assert told == [
        ("paypal/eu", "EUR", 1, 0, 70, 70),
        ("stripe/eu", "EUR", 2, 1, 300, 5),
        ("stripe/eu", "USD", 1, 1, 300, 0),
    ]
    assert [row["payout_id"] for row in results[1].open] == ["po_200"]
    assert [one.is_matched for one in results] == [False, False, True]


def test_nothing_published_is_nothing_to_reconcile() -> None:
    assert reconcile(Published([])) == []  # type: ignore[arg-type]
