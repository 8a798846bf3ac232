"""Disputes: what is open until when, and how those that are over ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from warehouse.published import PublishedFile

STATES = ("answer needed", "under review", "won", "lost", "inquiry", "closed")


@dataclass(frozen=True, slots=True)
class DisputeFilter:
    """What the page was asked for; None means all. Instants are UTC; by the time at which a dispute was opened."""

    since: datetime | None = None
    until: datetime | None = None
    state: str | None = None
    reason: str | None = None
    gateway: str | None = None
    account: str | None = None
    currency: str | None = None
    country: str | None = None


_STATE = """CASE
        WHEN d.status IN ('needs_response', 'appeal_needs_response') THEN 'answer needed'
        WHEN d.status IN ('under_review', 'appeal_under_review') THEN 'under review'
        WHEN d.status IN ('won', 'lost') THEN d.status
        WHEN d.status IN ('warning_needs_response', 'warning_under_review') THEN 'inquiry'
        ELSE 'closed'
    END"""
_CHOSEN = f"""SELECT * FROM (
        SELECT d.* REPLACE (coalesce(reason, 'not given') AS reason), {_STATE} AS state, facts.country, facts.product
        FROM canonical.disputes AS d LEFT JOIN marts.charge_facts AS facts USING (gateway, account, charge_id))
    WHERE ($since::TIMESTAMPTZ IS NULL OR created_at >= $since) AND ($until::TIMESTAMPTZ IS NULL OR created_at < $until)
      AND ($state::VARCHAR IS NULL OR state = $state) AND ($reason::VARCHAR IS NULL OR reason = $reason)
      AND ($gateway::VARCHAR IS NULL OR gateway = $gateway) AND ($account::VARCHAR IS NULL OR account = $account)
      AND ($currency::VARCHAR IS NULL OR currency = $currency)
      AND ($country::VARCHAR IS NULL OR country = $country)"""  # noqa: S608 - our own fragments


def by_state(published: PublishedFile, asked: DisputeFilter) -> list[dict[str, Any]]:
    """How many disputes of which amount stand how, per currency."""
    rows = published.rows(
        f"""SELECT state, currency, count(*) AS disputes, sum(amount_minor)::BIGINT AS amount_minor,
                min(evidence_due_at) FILTER (state = 'answer needed') AS due_at
            FROM ({_CHOSEN}) GROUP BY ALL""",  # noqa: S608
        asdict(asked),
    )
    return sorted(rows, key=lambda row: (STATES.index(row["state"]), row["currency"]))


def by_reason(published: PublishedFile, asked: DisputeFilter) -> list[dict[str, Any]]:
    """Per reason and currency: how many, how many are over, and how many of those were won."""
    return published.rows(
        f"""SELECT reason, currency, count(*) AS disputes, sum(amount_minor)::BIGINT AS amount_minor,
                count(*) FILTER (state = 'won') AS won, count(*) FILTER (state = 'lost') AS lost,
                coalesce(sum(amount_minor) FILTER (state = 'won'), 0)::BIGINT AS won_minor,
                coalesce(sum(amount_minor) FILTER (state = 'lost'), 0)::BIGINT AS lost_minor
            FROM ({_CHOSEN}) GROUP BY ALL ORDER BY disputes DESC, reason, currency""",  # noqa: S608
        asdict(asked),
    )


def list_disputes(
    published: PublishedFile, asked: DisputeFilter, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """The disputes: those that need an answer by their deadline, then the newest."""
    return published.rows(
        f"""WITH page AS ({_CHOSEN}
                ORDER BY state <> 'answer needed', CASE WHEN state = 'answer needed' THEN evidence_due_at END,
                    created_at DESC, dispute_id LIMIT $limit OFFSET $offset)
            SELECT page.*, search.person_id, search.email FROM page
            LEFT JOIN marts.charge_search AS search USING (gateway, account, charge_id)
            ORDER BY state <> 'answer needed', CASE WHEN state = 'answer needed' THEN evidence_due_at END,
                page.created_at DESC, dispute_id""",  # noqa: S608
        {**asdict(asked), "limit": limit, "offset": offset},
    )


def find_dispute(published: PublishedFile, account: str, dispute_id: str) -> dict[str, Any] | None:
    """One dispute, or None."""
    rows = published.rows(
        f"SELECT * FROM ({_CHOSEN}) WHERE account = $account AND dispute_id = $dispute_id",  # noqa: S608
        {**asdict(DisputeFilter(account=account)), "dispute_id": dispute_id},
    )
    return rows[0] if rows else None


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """What can be chosen in the filters."""
    row = published.rows(
        """SELECT list(DISTINCT d.gateway) AS gateway, list(DISTINCT d.account) AS account,
                list(DISTINCT d.currency) AS currency, list(DISTINCT coalesce(d.reason, 'not given')) AS reason,
                list(DISTINCT facts.country) AS country
            FROM canonical.disputes AS d LEFT JOIN marts.charge_facts AS facts USING (gateway, account, charge_id)"""
    )[0]
    return {name: sorted(value for value in values or [] if value) for name, values in row.items()}
