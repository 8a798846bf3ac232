"""How fresh the data is, what was set aside, and what the checks found."""

from __future__ import annotations

from typing import Any

from warehouse.published import PublishedFile


def freshness(published: PublishedFile) -> list[dict[str, Any]]:
    """Per account and resource: when it was last seen at the gateway, and how many rows there are."""
    return published.rows(
        "SELECT gateway, account, resource, last_seen_at, rows FROM marts.freshness ORDER BY account, resource"
    )


def quarantine(published: PublishedFile, *, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """Rows that were set aside, with the reason; the original text is cut to 2,000 characters."""
    return published.rows(
        """SELECT seen_at, account, resource, object_id, reason, left(original_text, 2000) AS original_text,
                  landed_file, line
           FROM marts.quarantine ORDER BY seen_at DESC, account, resource, object_id LIMIT ? OFFSET ?""",
        [limit, offset],
    )


def quarantine_reasons(published: PublishedFile) -> list[dict[str, Any]]:
    """How many rows were set aside for each reason."""
    return published.rows(
        """SELECT account, resource, reason, count(*) AS rows FROM marts.quarantine
           GROUP BY ALL ORDER BY rows DESC, account, resource, reason LIMIT 200"""
    )


def check_results(published: PublishedFile) -> list[dict[str, Any]]:
    """The last run of every check; those that found something first."""
    return published.rows(
        """SELECT name, severity, rows, sentence, left(sample::VARCHAR, 4000) AS sample, checked_at
           FROM marts.check_results ORDER BY rows = 0, severity, name"""
    )
