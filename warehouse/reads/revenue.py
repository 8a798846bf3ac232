"""Revenue: gross, refunds, disputes, fees and net, per currency, and the rows behind each figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from warehouse.published import PublishedFile

Figure = Literal["gross", "refunds", "disputes", "fees", "net"]
FIGURES: tuple[Figure, ...] = ("gross", "refunds", "disputes", "fees", "net")
Grouping = Literal["country", "product", "account", "month"]

NONE_GIVEN = "(none)"
"""How a missing country or product is chosen in a filter."""


@dataclass(frozen=True, slots=True)
class RevenueFilter:
    """What the page was asked for; None means all. Days of the reporting time zone, both inclusive."""

    since: date
    until: date
    gateway: str | None = None
    account: str | None = None
    currency: str | None = None
    country: str | None = None
    product: str | None = None

    def within(self, since: date, until: date) -> RevenueFilter:
        """The same filter for other days."""
        return replace(self, since=since, until=until)


_SUMS = """sum(charges)::BIGINT AS charges, sum(gross_minor)::BIGINT AS gross_minor,
    sum(refunds_minor)::BIGINT AS refunds_minor, sum(disputes_minor)::BIGINT AS disputes_minor,
    sum(fees_minor)::BIGINT AS fees_minor, sum(net_minor)::BIGINT AS net_minor"""

_WHERE = f"""on_day BETWEEN $since AND $until
    AND ($gateway::VARCHAR IS NULL OR gateway = $gateway) AND ($account::VARCHAR IS NULL OR account = $account)
    AND ($currency::VARCHAR IS NULL OR currency = $currency)
    AND ($country::VARCHAR IS NULL OR coalesce(country, '{NONE_GIVEN}') = $country)
    AND ($product::VARCHAR IS NULL OR coalesce(product, '{NONE_GIVEN}') = $product)"""

_GROUPS: dict[Grouping, str] = {
    "country": f"coalesce(country, '{NONE_GIVEN}')",
    "product": f"coalesce(product, '{NONE_GIVEN}')",
    "account": "account",
    "month": "strftime(on_day, '%Y-%m')",
}


def totals(published: PublishedFile, asked: RevenueFilter) -> list[dict[str, Any]]:
    """One row per currency, the one with the most charges first."""
    return published.rows(
        f"""SELECT currency, {_SUMS} FROM marts.revenue_by_day WHERE {_WHERE}
            GROUP BY currency ORDER BY charges DESC, currency""",  # noqa: S608
        asdict(asked),
    )


def grouped(published: PublishedFile, asked: RevenueFilter, by: Grouping) -> list[dict[str, Any]]:
    """One row per group and currency; months in order, other groups by what they brought in."""
    order = "name" if by == "month" else "currency, gross_minor DESC, name"
    return published.rows(
        f"""SELECT {_GROUPS[by]} AS name, currency, {_SUMS} FROM marts.revenue_by_day WHERE {_WHERE}
            GROUP BY ALL ORDER BY {order}""",  # noqa: S608
        asdict(asked),
    )


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """What can be chosen in the filters."""
    row = published.rows(
        f"""SELECT list(DISTINCT gateway) AS gateway, list(DISTINCT account) AS account,
                   list(DISTINCT currency) AS currency, list(DISTINCT coalesce(country, '{NONE_GIVEN}')) AS country,
                   list(DISTINCT coalesce(product, '{NONE_GIVEN}')) AS product
            FROM marts.revenue_by_day"""  # noqa: S608
    )[0]
    return {name: sorted(value for value in values or [] if value) for name, values in row.items()}
