"""Trials and what came of them, and payments of invoices that failed at first."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from warehouse.published import PublishedFile
from warehouse.reads.recurring import RecurringFilter

TRIAL_RESULTS = ("running", "ended without paying", "became a customer", "not paying")
_TRIAL = """CASE
        WHEN trial_end_at > $now AND ended_at IS NULL THEN 'running'
        WHEN ended_at IS NOT NULL AND ended_at <= trial_end_at THEN 'ended without paying'
        WHEN status IN ('active', 'past_due') OR ended_at > trial_end_at THEN 'became a customer'
        ELSE 'not paying'
    END"""
_WHO = """($gateway::VARCHAR IS NULL OR gateway = $gateway) AND ($account::VARCHAR IS NULL OR account = $account)
    AND ($currency::VARCHAR IS NULL OR currency = $currency)"""
_PLAN = "($plan::VARCHAR IS NULL OR coalesce(product_name, '(none)') = $plan)"
_COUNTRY = "($country::VARCHAR IS NULL OR coalesce(country, '(none)') = $country)"


def _trials(asked: RecurringFilter, bounds: tuple[datetime, datetime], now: datetime) -> dict[str, object]:
    shared = {name: getattr(asked, name) for name in ("gateway", "account", "currency", "plan")}
    return {**shared, "since": bounds[0], "until": bounds[1], "now": now}


def trials(
    published: PublishedFile, asked: RecurringFilter, bounds: tuple[datetime, datetime], now: datetime
) -> list[dict[str, Any]]:
    """How many trials that began in the period stand how, per currency."""
    return published.rows(
        f"""SELECT currency, {_TRIAL} AS result, count(*) AS trials FROM canonical.subscriptions
            WHERE trial_end_at IS NOT NULL AND created_at >= $since AND created_at < $until AND {_WHO} AND {_PLAN}
            GROUP BY ALL ORDER BY currency, trials DESC""",  # noqa: S608
        _trials(asked, bounds, now),
    )


def trial_rows(
    published: PublishedFile,
    asked: RecurringFilter,
    bounds: tuple[datetime, datetime],
    now: datetime,
    result: str | None,
    *,
    limit: int,
) -> list[dict[str, Any]]:
    """The trials themselves, the newest first; `result`: one of TRIAL_RESULTS, None for all."""
    return published.rows(
        f"""SELECT s.created_at, s.trial_end_at, {_TRIAL} AS result, s.subscription_id, s.product_name AS plan,
                s.amount_minor, s.currency, s.account, p.person_id
            FROM canonical.subscriptions AS s
            LEFT JOIN marts.customer_people AS p USING (gateway, account, customer_id)
            WHERE trial_end_at IS NOT NULL AND created_at >= $since AND created_at < $until AND {_WHO} AND {_PLAN}
                AND ($result::VARCHAR IS NULL OR {_TRIAL} = $result)
            ORDER BY created_at DESC, subscription_id LIMIT $limit""",  # noqa: S608
        {**_trials(asked, bounds, now), "result": result, "limit": limit},
    )


def _failures(asked: RecurringFilter, days: tuple[date, date]) -> dict[str, object]:
    shared = {name: getattr(asked, name) for name in ("gateway", "account", "currency", "country")}
    return {**shared, "since": days[0], "until": days[1]}


def failed_payments(published: PublishedFile, asked: RecurringFilter, days: tuple[date, date]) -> list[dict[str, Any]]:
    """Invoices whose payment failed in the period, by what came of it, per currency."""
    return published.rows(
        f"""SELECT currency, result, count(*) AS invoices, sum(attempts)::BIGINT AS attempts,
                sum(amount_minor)::BIGINT AS amount_minor
            FROM marts.failed_payments WHERE failed_on BETWEEN $since AND $until AND {_WHO} AND {_COUNTRY}
            GROUP BY ALL ORDER BY currency, result""",  # noqa: S608
        _failures(asked, days),
    )


def failed_rows(
    published: PublishedFile, asked: RecurringFilter, days: tuple[date, date], result: str | None, *, limit: int
) -> list[dict[str, Any]]:
    """The invoices themselves, the newest first."""
    return published.rows(
        f"""SELECT f.*, p.person_id FROM marts.failed_payments AS f
            LEFT JOIN marts.customer_people AS p USING (gateway, account, customer_id)
            WHERE failed_on BETWEEN $since AND $until AND {_WHO} AND {_COUNTRY}
                AND ($result::VARCHAR IS NULL OR result = $result)
            ORDER BY first_failed_at DESC, invoice_id LIMIT $limit""",  # noqa: S608
        {**_failures(asked, days), "result": result, "limit": limit},
    )
