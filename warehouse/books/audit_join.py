"""Joining: what the workers wrote down and what the flow runs say, as entries of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from counterfoil.action_runs import ActionRun
from warehouse.books.audit import Entry, append
from warehouse.books.audit_chain import Journal

_FROM_REQUEST = (
    "role",
    "action",
    "account",
    "object_kind",
    "object_id",
    "ticket",
    "amount_minor",
    "currency",
    "reason_code",
    "reason_text",
)


@dataclass(frozen=True, slots=True)
class Joined:
    """How many entries an export added."""

    from_journals: int
    from_runs: int


def join(books: duckdb.DuckDBPyConnection, journals: list[Journal], runs: list[ActionRun], *, now: datetime) -> Joined:
    """Append what is new. `runs` are those that may have finished since the last export; `now` in UTC."""
    requests = _known_requests(books) | _requests_in(journals)
    written = _lines_logged(books)
    done = {row[0] for row in books.execute("SELECT flow_run_id FROM audit_log WHERE source = 'run'").fetchall()}
    lines = [
        _from_journal(journal.worker, record, requests)
        for journal in journals
        for record in journal.records[written.get(journal.worker, 0) :]
    ]
    ended = [_from_run(run) for run in runs if run.is_finished and run.run_id not in done]
    entries = sorted([*lines, *ended], key=lambda entry: entry.recorded_at)
    if entries:
        detail = {"runs_until": now.isoformat(), "journals": len(lines), "runs": len(ended)}
        entries.append(Entry(now, "", "", "exported", "export", detail, actor="counterfoil"))
        append(books, entries)
    return Joined(len(lines), len(ended))


def exported_until(books: duckdb.DuckDBPyConnection) -> datetime | None:
    """Up to when finished runs are in the log."""
    row = books.execute(
        "SELECT json_extract_string(detail, '$.runs_until') FROM audit_log WHERE source = 'export'"
        " ORDER BY sequence DESC LIMIT 1"
    ).fetchone()
    return datetime.fromisoformat(str(row[0])) if row else None


def snapshot(run: ActionRun) -> dict[str, Any]:
    """A run as it is kept in the log, and as it is compared with later."""
    return {
        "request": run.request,
        "signature": run.signature,
        "state_type": run.state_type,
        "state_name": run.state_name,
        "sentence": run.sentence,
        "created_at": run.created_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "gateway_reference": run.gateway_reference,
        "idempotency_key": run.idempotency_key,
        "tags": sorted(run.tags),
    }


def _lines_logged(books: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many lines of each journal are in the log."""
    rows = books.execute(
        "SELECT json_extract_string(detail, '$.worker'), max(json_extract(detail, '$.n')::BIGINT) FROM audit_log"
        " WHERE source = 'journal' GROUP BY 1"
    ).fetchall()
    return {str(worker): int(number) for worker, number in rows}


def _known_requests(books: duckdb.DuckDBPyConnection) -> dict[str, Mapping[str, Any]]:
    """Requests from earlier exports, so that a later line of the same request is told with its charge and requester."""
    names = ("actor", *_FROM_REQUEST)
    rows = books.execute(
        f"SELECT request_id, {', '.join(names)} FROM audit_log WHERE kind = 'requested'"  # noqa: S608 - our own names
    ).fetchall()
    return {
        row[0]: {"requester" if n == "actor" else n: v for n, v in zip(names, row[1:], strict=True)} for row in rows
    }


def _requests_in(journals: list[Journal]) -> dict[str, Mapping[str, Any]]:
    return {
        str(record["request_id"]): record["detail"]["request"]
        for journal in journals
        for record in journal.records
        if record.get("kind") == "requested"
    }


def _from_journal(worker: str, record: Mapping[str, Any], requests: Mapping[str, Mapping[str, Any]]) -> Entry:
    detail = record.get("detail") if isinstance(record.get("detail"), dict) else {}
    assert isinstance(detail, dict)
    request_id = str(record.get("request_id") or "")
    request = requests.get(request_id, {})
    decided = record.get("kind") in ("approval", "denied", "approval_refused", "paused", "resumed", "stopped")
    told = _columns(request)
    if detail.get("amount_minor") is not None:
        told |= {"amount_minor": detail["amount_minor"], "currency": detail.get("currency")}
    return Entry(
        recorded_at=datetime.fromisoformat(str(record["at"])).astimezone(UTC),
        request_id=request_id,
        flow_run_id=str(record.get("flow_run_id") or ""),
        kind=str(record.get("kind")),
        source="journal",
        detail=dict(record),
        **{
            **told,
            "actor": detail.get("approver") or detail.get("by") if decided else request.get("requester"),
            "role": detail.get("role") if decided else request.get("role"),
            "outcome": detail.get("name"),
            "gateway_reference": detail.get("gateway_reference"),
            "sentence": detail.get("sentence") or detail.get("comment"),
        },
    )


def _from_run(run: ActionRun) -> Entry:
    ended = run.ended_at or run.created_at
    told = _columns(run.request) | {"amount_minor": run.amount_minor, "currency": run.currency}
    return Entry(
        recorded_at=ended,
        request_id=run.request_id,
        flow_run_id=run.run_id,
        kind="finished",
        source="run",
        detail=snapshot(run),
        **{
            **told,
            "actor": _text(run.request.get("requester")),
            "outcome": run.state_name,
            "gateway_reference": run.gateway_reference,
            "sentence": run.sentence,
        },
    )


def _columns(request: Mapping[str, Any]) -> dict[str, Any]:
    """Columns from a request that may have been written by anybody: what is of the wrong kind is left to `detail`."""
    found: dict[str, Any] = {name: _text(request.get(name)) for name in _FROM_REQUEST}
    amount = request.get("amount_minor")
    is_whole = isinstance(amount, int) and not isinstance(amount, bool) and abs(amount) < 2**62
    return {**found, "amount_minor": amount if is_whole else None}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
