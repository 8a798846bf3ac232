"""A refund that was done and failed days later: the customer has no money, so whoever believes it must be told."""

from __future__ import annotations

from datetime import datetime, timedelta

from counterfoil.action_runs import ActionRun
from flows.actions.desk import Desk
from warehouse.published import NothingPublished, PublishedFile

LOOK_BACK = timedelta(days=60)
"""Banks return refunds within weeks."""


def done_but_failed(desk: Desk, published: PublishedFile, now: datetime) -> list[tuple[ActionRun, int]]:
    """Runs that count as done while the warehouse knows their refund as failed, with the number of settling runs."""
    found = []
    for request_id in failed_requests(published, now - LOOK_BACK):
        runs = desk.queue.runs(tag=f"request:{request_id}")
        first = next((run for run in runs if run.idempotency_key == request_id), None)
        newest = next((run for run in runs if run.state_type == "COMPLETED"), None)
        if first is not None and newest is not None and newest.state_name == "Done":
            found.append((first, len(runs) - 1))
    return found


def failed_requests(published: PublishedFile, since: datetime) -> list[str]:
    """Requests of ours whose refund the gateway took back, as last published."""
    try:
        rows = published.rows(
            "SELECT DISTINCT request_id FROM canonical.refunds"
            " WHERE status IN ('failed', 'cancelled') AND request_id IS NOT NULL AND created_at >= ? ORDER BY 1",
            [since],
        )
    except NothingPublished:
        return []
    return [str(row["request_id"]) for row in rows]
