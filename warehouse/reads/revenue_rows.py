"""The rows behind the revenue figures. They follow marts.revenue_by_day, so that they add up to what it shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from warehouse.published import PublishedFile
from warehouse.reads.revenue import NONE_GIVEN, Figure, RevenueFilter

Bounds = tuple[datetime, datetime]
"""The first instant of the period, and the first one after it."""


def _returned(kind: str) -> str:
    """When the gateway gave the money of a won dispute or a failed refund back."""
    own = kind[0]
    return f"""marts.money_returned AS back ON back.gateway = {own}.gateway AND back.account = {own}.account
            AND back.object_id = {own}.{kind}_id AND back.kind = '{kind}'"""


_MOVED: dict[str, str] = {
    "gross": """SELECT gateway, account, charge_id, 'gross' AS figure, created_at AS happened_at,
            charge_id AS object_id, captured_minor AS amount_minor, currency, status
        FROM canonical.charges WHERE status = 'succeeded'""",
    "refunds": f"""SELECT r.gateway, r.account, charge_id, 'refunds' AS figure, created_at AS happened_at,
            refund_id AS object_id, amount_minor, currency, status
        FROM canonical.refunds AS r LEFT JOIN {_returned("refund")}
        WHERE status = 'succeeded' OR back.object_id IS NOT NULL
        UNION ALL
        SELECT r.gateway, r.account, charge_id, 'refunds', back.returned_at, refund_id, -amount_minor, currency, status
        FROM canonical.refunds AS r JOIN {_returned("refund")}""",
    "disputes": f"""SELECT d.gateway, d.account, charge_id, 'disputes' AS figure, created_at AS happened_at,
            dispute_id AS object_id, amount_minor, currency, status
        FROM canonical.disputes AS d LEFT JOIN {_returned("dispute")}
        WHERE back.object_id IS NOT NULL OR
            status IN ('needs_response', 'under_review', 'lost', 'appeal_needs_response', 'appeal_under_review')
        UNION ALL
        SELECT d.gateway, d.account, charge_id, 'disputes', back.returned_at, dispute_id, -amount_minor, currency,
            status
        FROM canonical.disputes AS d JOIN {_returned("dispute")}""",
    "fees": """SELECT b.gateway, b.account, coalesce(c.charge_id, r.charge_id, d.charge_id) AS charge_id,
            'fees' AS figure, b.created_at AS happened_at, b.balance_transaction_id AS object_id,
            b.fee_minor AS amount_minor, b.currency, b.type AS status
        FROM canonical.balance_transactions b
        LEFT JOIN canonical.charges c ON c.gateway = b.gateway AND c.account = b.account AND c.charge_id = b.source_id
        LEFT JOIN canonical.refunds r ON r.gateway = b.gateway AND r.account = b.account AND r.refund_id = b.source_id
        LEFT JOIN canonical.disputes d ON d.gateway = b.gateway AND d.account = b.account AND d.dispute_id = b.source_id
        WHERE b.fee_minor <> 0""",
}
_NET = " UNION ALL ".join(
    text if figure == "gross" else f"SELECT * REPLACE (-amount_minor AS amount_minor) FROM ({text})"  # noqa: S608
    for figure, text in _MOVED.items()
)


def _chosen(figure: Figure) -> str:
    return f"""SELECT moved.figure AS kind, happened_at AS "at", moved.account, object_id, moved.charge_id,
            amount_minor, moved.currency, moved.status, facts.country, facts.product
        FROM ({_MOVED.get(figure, _NET)}) AS moved
        LEFT JOIN marts.charge_facts AS facts USING (gateway, account, charge_id)
        WHERE happened_at >= $since AND happened_at < $until
          AND ($gateway::VARCHAR IS NULL OR moved.gateway = $gateway)
          AND ($account::VARCHAR IS NULL OR moved.account = $account)
          AND ($currency::VARCHAR IS NULL OR moved.currency = $currency)
          AND ($country::VARCHAR IS NULL OR coalesce(facts.country, '{NONE_GIVEN}') = $country)
          AND ($product::VARCHAR IS NULL OR coalesce(facts.product, '{NONE_GIVEN}') = $product)"""  # noqa: S608


def rows_of(
    published: PublishedFile, figure: Figure, asked: RevenueFilter, bounds: Bounds, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """The newest rows of a figure. In `net`, what goes out is negative."""
    return published.rows(
        f"""WITH page AS ({_chosen(figure)} ORDER BY happened_at DESC, object_id LIMIT $limit OFFSET $offset)
            SELECT page.*, search.person_id, search.email FROM page
            LEFT JOIN marts.charge_search AS search USING (account, charge_id)
            ORDER BY "at" DESC, object_id""",  # noqa: S608
        {**_parameters(asked, bounds), "limit": limit, "offset": offset},
    )


def sums_of(published: PublishedFile, figure: Figure, asked: RevenueFilter, bounds: Bounds) -> list[dict[str, Any]]:
    """How many rows, and their sum, per currency: the figure itself."""
    return published.rows(
        f"""SELECT currency, count(*) AS rows, sum(amount_minor)::BIGINT AS amount_minor FROM ({_chosen(figure)})
            GROUP BY currency ORDER BY rows DESC, currency""",  # noqa: S608
        _parameters(asked, bounds),
    )


def _parameters(asked: RevenueFilter, bounds: Bounds) -> dict[str, object]:
    return {
        "since": bounds[0],
        "until": bounds[1],
        "gateway": asked.gateway,
        "account": asked.account,
        "currency": asked.currency,
        "country": asked.country,
        "product": asked.product,
    }
