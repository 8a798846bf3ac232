"""What an account sells: the prices and coupons that a form can offer to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.money import Money
from warehouse.published import PublishedFile
from warehouse.reads.subscriptions import in_words


@dataclass(frozen=True, slots=True)
class Price:
    """One price or plan; `amount` is None where the gateway tells none, such as for prices in tiers."""

    price_id: str
    product_name: str | None
    amount: Money | None
    interval: str | None
    interval_count: int

    @property
    def words(self) -> str:
        """ "Atlas, 10.50 EUR a month"; the id where there is nothing better."""
        every = in_words(self.interval, self.interval_count)
        costs = f"{self.amount} {every}".strip() if self.amount else ""
        return ", ".join(part for part in (self.product_name or self.price_id, costs) if part)


@dataclass(frozen=True, slots=True)
class Coupon:
    """One coupon."""

    coupon_id: str
    name: str | None
    percent_off: str | None
    amount_off: Money | None

    @property
    def words(self) -> str:
        """ "Spring, 20 % off"; the id where there is nothing better."""
        off = f"{self.percent_off} % off" if self.percent_off else f"{self.amount_off} off" if self.amount_off else ""
        return ", ".join(part for part in (self.name or self.coupon_id, off) if part)


def recurring_prices_of(published: PublishedFile, account: str) -> list[Price]:
    """The prices of an account that are paid again and again, by product and amount."""
    rows = published.rows(
        """SELECT price.price_id, product.name AS product_name, price.unit_amount_minor, price.currency, price.interval,
                  price.interval_count
           FROM canonical.prices AS price
           LEFT JOIN canonical.products AS product USING (gateway, account, product_id)
           WHERE price.account = ? AND price.interval IS NOT NULL AND coalesce(product.is_active, true)
           ORDER BY product.name, price.currency, price.unit_amount_minor, price.price_id LIMIT 1000""",
        [account],
    )
    return [_price(row) for row in rows]


def coupons_of(published: PublishedFile, account: str) -> list[Coupon]:
    """The coupons of an account."""
    rows = published.rows(
        """SELECT coupon_id, name, percent_off, amount_off_minor, currency FROM canonical.coupons
           WHERE account = ? ORDER BY coupon_id LIMIT 1000""",
        [account],
    )
    return [
        Coupon(row["coupon_id"], row["name"], row["percent_off"], _money(row["amount_off_minor"], row["currency"]))
        for row in rows
    ]


def _price(row: dict[str, Any]) -> Price:
    return Price(
        row["price_id"],
        row["product_name"],
        _money(row["unit_amount_minor"], row["currency"]),
        row["interval"],
        int(row["interval_count"] or 1),
    )


def _money(minor: int | None, currency: str | None) -> Money | None:
    return Money(int(minor), currency) if minor is not None and currency else None
