"""Monthly recurring revenue: movements per month, what stands at a month's end, cohorts, and the rows behind them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from warehouse.published import PublishedFile

KINDS = ("new", "expansion", "contraction", "churn", "reactivation")
NONE_GIVEN = "(none)"


@dataclass(frozen=True, slots=True)
class RecurringFilter:
    """What the page was asked for; None means all. Months are named by their first day, both inclusive."""

    since: date
    until: date
    gateway: str | None = None
    account: str | None = None
    currency: str | None = None
    country: str | None = None
    plan: str | None = None

    def within(self, since: date, until: date) -> RecurringFilter:
        """The same filter for other months."""
        return replace(self, since=since, until=until)


_WHO = f"""($gateway::VARCHAR IS NULL OR gateway = $gateway) AND ($account::VARCHAR IS NULL OR account = $account)
    AND ($currency::VARCHAR IS NULL OR currency = $currency)
    AND ($country::VARCHAR IS NULL OR coalesce(country, '{NONE_GIVEN}') = $country)
    AND ($plan::VARCHAR IS NULL OR coalesce(plan, '{NONE_GIVEN}') = $plan)"""
_BY_KIND = ", ".join(f"coalesce(sum(mrr_minor) FILTER (kind = '{kind}'), 0)::BIGINT AS {kind}_minor" for kind in KINDS)


def balances(published: PublishedFile, asked: RecurringFilter) -> list[dict[str, Any]]:
    """What stands at the end of the filter's last month, per currency; the most customers first."""
    return published.rows(
        f"""SELECT currency, sum(mrr_minor)::BIGINT AS mrr_minor, sum(annual_minor)::BIGINT AS annual_minor,
                sum(customers)::BIGINT AS customers
            FROM marts.mrr_movements WHERE {_WHO} AND on_month <= $until AND $since IS NOT NULL
            GROUP BY currency ORDER BY customers DESC, currency""",  # noqa: S608
        asdict(asked),
    )


def months(published: PublishedFile, asked: RecurringFilter) -> list[dict[str, Any]]:
    """One row per month in which something moved and currency, with the movements of each kind."""
    return published.rows(
        f"""SELECT on_month, currency, {_BY_KIND}, sum(mrr_minor)::BIGINT AS change_minor,
                sum(customers)::BIGINT AS customers,
                coalesce(-sum(customers) FILTER (kind = 'churn'), 0)::BIGINT AS lost_customers
            FROM marts.mrr_movements WHERE {_WHO} AND on_month BETWEEN $since AND $until
            GROUP BY ALL ORDER BY on_month, currency""",  # noqa: S608
        asdict(asked),
    )


def plans(published: PublishedFile, asked: RecurringFilter) -> list[dict[str, Any]]:
    """What each plan brings at the end of the filter's last month."""
    return published.rows(
        f"""SELECT coalesce(plan, '{NONE_GIVEN}') AS plan, currency, sum(mrr_minor)::BIGINT AS mrr_minor,
                sum(annual_minor)::BIGINT AS annual_minor
            FROM marts.mrr_movements WHERE {_WHO} AND on_month <= $until AND $since IS NOT NULL
            GROUP BY ALL HAVING sum(annual_minor) <> 0 ORDER BY currency, mrr_minor DESC, plan""",  # noqa: S608
        asdict(asked),
    )


def cohorts(published: PublishedFile, asked: RecurringFilter) -> list[dict[str, Any]]:
    """How many customers came or went, per month in which they first paid and month; money beside it."""
    return published.rows(
        f"""SELECT cohort, on_month, currency, sum(customers)::BIGINT AS customers,
                sum(mrr_minor)::BIGINT AS mrr_minor
            FROM marts.mrr_movements WHERE {_WHO} AND cohort BETWEEN $since AND $until AND on_month <= $until
            GROUP BY ALL ORDER BY cohort, on_month""",  # noqa: S608
        asdict(asked),
    )


def rows_of(
    published: PublishedFile, asked: RecurringFilter, kind: str | None, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """The movements of a kind (None: all), the newest first."""
    return published.rows(
        f"""SELECT m.*, p.person_id, u.email FROM (
                SELECT * FROM marts.mrr_movements
                WHERE {_WHO} AND on_month BETWEEN $since AND $until AND ($kind::VARCHAR IS NULL OR kind = $kind)
                ORDER BY on_month DESC, subscription_id LIMIT $limit OFFSET $offset) AS m
            LEFT JOIN marts.customer_people AS p USING (gateway, account, customer_id)
            LEFT JOIN canonical.customers AS u USING (gateway, account, customer_id)
            ORDER BY on_month DESC, subscription_id""",  # noqa: S608
        {**asdict(asked), "kind": kind, "limit": limit, "offset": offset},
    )


def sums_of(published: PublishedFile, asked: RecurringFilter, kind: str | None) -> list[dict[str, Any]]:
    """How many movements, and their sum, per currency: the figure itself."""
    return published.rows(
        f"""SELECT currency, count(*) AS rows, sum(mrr_minor)::BIGINT AS amount_minor FROM marts.mrr_movements
            WHERE {_WHO} AND on_month BETWEEN $since AND $until AND ($kind::VARCHAR IS NULL OR kind = $kind)
            GROUP BY currency ORDER BY rows DESC, currency""",  # noqa: S608
        {**asdict(asked), "kind": kind},
    )


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """What can be chosen in the filters."""
    row = published.rows(
        f"""SELECT list(DISTINCT gateway) AS gateway, list(DISTINCT account) AS account,
                list(DISTINCT currency) AS currency, list(DISTINCT coalesce(country, '{NONE_GIVEN}')) AS country,
                list(DISTINCT coalesce(plan, '{NONE_GIVEN}')) AS plan
            FROM marts.mrr_movements"""  # noqa: S608
    )[0]
    return {name: sorted(value for value in values or [] if value) for name, values in row.items()}
