"""The audit log as published from the books, and whether its chain holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from warehouse.published import PublishedFile


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the page was asked for; None means all. `since` to before `until`."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    object_id: str | None = None
    request_id: str | None = None
    ticket: str | None = None
    kind: str | None = None
    outcome: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """What the published rows themselves show: each names the hash of the one before it, or it does not."""

    records: int
    breaks: int
    first_break: int | None
    """Sequence of the first record that does not follow the one before it."""
    last_sequence: int | None
    last_hash: str | None
    last_at: datetime | None


def entries(published: PublishedFile, asked: AuditFilter, *, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """The log's records, newest first."""
    return published.rows(
        """SELECT sequence, recorded_at, kind, actor, role, action, account, object_kind, object_id, ticket,
                  amount_minor, currency, reason_code, reason_text, outcome, gateway_reference, sentence,
                  coalesce(detail -> '$.detail.request.details', detail -> '$.request.details') AS details,
                  request_id, flow_run_id, source, hash
           FROM books.audit_log
           WHERE ($since::TIMESTAMPTZ IS NULL OR recorded_at >= $since)
             AND ($until::TIMESTAMPTZ IS NULL OR recorded_at < $until)
             AND ($actor::VARCHAR IS NULL OR lower(actor) = lower($actor))
             AND ($object_id::VARCHAR IS NULL OR object_id = $object_id)
             AND ($request_id::VARCHAR IS NULL OR request_id = $request_id)
             AND ($ticket::VARCHAR IS NULL OR ticket = $ticket)
             AND ($kind::VARCHAR IS NULL OR kind = $kind)
             AND ($action::VARCHAR IS NULL OR action = $action)
             AND ($outcome::VARCHAR IS NULL OR lower(outcome) = lower($outcome))
           ORDER BY sequence DESC LIMIT $limit OFFSET $offset""",
        {**asdict(asked), "limit": limit, "offset": offset},
    )


def story(published: PublishedFile, request_id: str) -> list[dict[str, Any]]:
    """Everything that the log holds about one request, in order."""
    return published.rows(
        """SELECT sequence, recorded_at, kind, actor, role, outcome, gateway_reference, sentence, source, hash
           FROM books.audit_log WHERE request_id = ? ORDER BY sequence""",
        [request_id],
    )


def done_for_charge(published: PublishedFile, account: str, charge_id: str, *, limit: int) -> list[dict[str, Any]]:
    """What was carried out on a charge, the oldest first: when, which action, and the sentence that says it."""
    return published.rows(
        """SELECT recorded_at, action, sentence FROM books.audit_log
           WHERE kind = 'concluded' AND lower(outcome) = 'done' AND account = ? AND object_id = ?
           ORDER BY sequence LIMIT ?""",
        [account, charge_id, limit],
    )


def chain(published: PublishedFile) -> Chain:
    """Follow the chain through the published rows."""
    row = published.rows(
        """WITH linked AS (
               SELECT sequence, hash, recorded_at,
                      lag(sequence) OVER (ORDER BY sequence) IS NOT NULL AND (
                          previous_hash IS DISTINCT FROM lag(hash) OVER (ORDER BY sequence)
                          OR sequence <> lag(sequence) OVER (ORDER BY sequence) + 1) AS is_broken
               FROM books.audit_log)
           SELECT count(*) AS records, count(*) FILTER (is_broken) AS breaks,
                  min(sequence) FILTER (is_broken) AS first_break, max(sequence) AS last_sequence,
                  arg_max(hash, sequence) AS last_hash, arg_max(recorded_at, sequence) AS last_at
           FROM linked"""
    )[0]
    return Chain(**row)


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """What can be chosen in the filters."""
    row = published.rows(
        """SELECT list(DISTINCT actor) AS actor, list(DISTINCT kind) AS kind, list(DISTINCT outcome) AS outcome
           FROM books.audit_log"""
    )[0]
    return {name: sorted(value for value in values or [] if value) for name, values in row.items()}
