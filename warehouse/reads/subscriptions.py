"""Subscriptions with the state that decides what may be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from connectors.money import Money
from connectors.states import SubscriptionState
from warehouse.published import PublishedFile
from warehouse.reads.customers import of_these
from warehouse.reads.people import CustomerKey


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription."""

    gateway: str
    account: str
    subscription_id: str
    customer_id: str | None
    status: str
    price_id: str | None
    product_name: str | None
    quantity: int
    amount: Money | None
    """What one period costs; None where the gateway does not tell it."""
    interval: str | None
    interval_count: int
    current_period_end_at: datetime | None
    is_cancel_at_period_end: bool
    coupon_ids: tuple[str, ...]
    """Where a gateway's list names a discount only, the discount's id stands for its coupon."""
    seen_at: datetime

    def state(self) -> SubscriptionState:
        """What `connectors.offers.which_actions` needs, as far as the published file tells it."""
        return SubscriptionState(
            self.account,
            self.subscription_id,
            self.status,
            self.customer_id,
            self.price_id,
            self.is_cancel_at_period_end,
            is_paused=self.status == "paused",
            coupon_ids=self.coupon_ids,
        )

    @property
    def every(self) -> str:
        """How often it is paid, in words: "a month", "every 3 months"."""
        return in_words(self.interval, self.interval_count)


_COLUMNS = """gateway, account, subscription_id, customer_id, status, price_id, product_name, quantity, amount_minor,
    currency, interval, interval_count, current_period_end_at, is_cancel_at_period_end, coupon_ids, seen_at"""


def subscriptions_of(
    published: PublishedFile, customers: Sequence[CustomerKey], *, limit: int = 50
) -> list[Subscription]:
    """The subscriptions of these customer objects, living ones first, then the newest."""
    if not customers:
        return []
    condition, parameters = of_these(customers)
    rows = published.rows(
        f"""SELECT {_COLUMNS} FROM canonical.subscriptions WHERE {condition}
            ORDER BY status IN ('cancelled', 'expired', 'ended', 'incomplete_expired'), created_at DESC, subscription_id
        """,  # noqa: S608 - only our own fragments
        parameters,
    )
    return [_subscription(row) for row in rows[:limit]]


def find_subscription(published: PublishedFile, account: str, subscription_id: str) -> Subscription | None:
    """One subscription, or None."""
    rows = published.rows(
        f"SELECT {_COLUMNS} FROM canonical.subscriptions WHERE account = ? AND subscription_id = ?",  # noqa: S608
        [account, subscription_id],
    )
    return _subscription(rows[0]) if rows else None


def in_words(interval: str | None, count: int) -> str:
    """A period in words; empty where there is none, as for what is paid once."""
    if not interval:
        return ""
    return f"a {interval}" if count == 1 else f"every {count} {interval}s"


def _subscription(row: dict[str, Any]) -> Subscription:
    minor, currency = row["amount_minor"], row["currency"]
    return Subscription(
        row["gateway"],
        row["account"],
        row["subscription_id"],
        row["customer_id"],
        row["status"],
        row["price_id"],
        row["product_name"],
        int(row["quantity"] or 1),
        Money(int(minor), currency) if minor is not None and currency else None,
        row["interval"],
        int(row["interval_count"] or 1),
        row["current_period_end_at"],
        bool(row["is_cancel_at_period_end"]),
        tuple(orjson.loads(row["coupon_ids"] or "[]")),
        row["seen_at"],
    )
