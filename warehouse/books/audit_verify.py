"""Comparing every copy of the trail: the log's chain, the journals, the flow runs, the anchors. Names what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from counterfoil.action_runs import ActionRun
from warehouse.books.audit import Logged
from warehouse.books.audit_anchor import Anchor
from warehouse.books.audit_chain import GENESIS, Journal
from warehouse.books.audit_join import snapshot

Kind = Literal["altered", "missing", "inserted"]
SERVER_LAG = timedelta(minutes=1)
"""A run that ended this shortly before an export may have been seen by the next one only."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One record that is not as it was. `where` is log, journal, runs or anchor."""

    kind: Kind
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The result. `vouches_until` is the time of the newest anchor that fits; None where there is none."""

    findings: tuple[Finding, ...]
    rows: int
    vouches_until: datetime | None

    @property
    def is_intact(self) -> bool:
        return not self.findings

    def sentence(self) -> str:
        """One line for a person."""
        until = f"anchored up to {self.vouches_until:%Y-%m-%d %H:%M} UTC" if self.vouches_until else "not anchored yet"
        if self.is_intact:
            return f"The audit trail is intact: {self.rows} records, {until}."
        first = self.findings[0]
        return f"The audit trail does not hold: {len(self.findings)} findings; the first: {first.kind}: {first.what}"


@dataclass(frozen=True, slots=True)
class Trail:
    """All copies. `runs` are all runs of actions that Prefect still has; `kept_since` is how far back it keeps them."""

    log: list[Logged]
    journals: list[Journal]
    runs: list[ActionRun]
    anchors: list[Anchor]
    exported_until: datetime | None
    kept_since: datetime | None


def compare(trail: Trail) -> Verification:
    """Compare all copies with one another."""
    findings = [
        *_log_chain(trail.log),
        *_journal_chains(trail.journals),
        *_journals_and_log(trail),
        *_runs_and_log(trail),
        *_runs_and_journals(trail),
        *_anchors_and_log(trail),
    ]
    fitting = [anchor for anchor in trail.anchors if _hash_at(trail.log, anchor.sequence) == anchor.hash]
    until = max((anchor.anchored_at for anchor in fitting), default=None)
    return Verification(tuple(findings), len(trail.log), until)


def _log_chain(log: list[Logged]) -> Iterator[Finding]:
    previous, expected = GENESIS, 1
    for row in log:
        if row.sequence != expected:
            yield Finding("missing", "log", f"audit_log rows {expected} to {row.sequence - 1} are gone.")
        elif not row.is_intact(previous):
            yield Finding("altered", "log", f"audit_log row {row.sequence} ({_about(row)}) is not as it was written.")
        previous, expected = row.hash, row.sequence + 1


def _journal_chains(journals: list[Journal]) -> Iterator[Finding]:
    for journal in journals:
        for number in journal.unreadable:
            yield Finding("altered", "journal", f"Line {number} of the journal {journal.worker} cannot be read.")
        for number in journal.broken():
            what = f"Record {number} of the journal {journal.worker} does not follow the one before it."
            yield Finding("altered", "journal", what)


def _journals_and_log(trail: Trail) -> Iterator[Finding]:
    lines = {(one.worker, _number(record)): record for one in trail.journals for record in one.records}
    logged: dict[tuple[str, int], Logged] = {}
    for row in trail.log:
        if row.entry.source == "journal":
            logged[(str(row.entry.detail.get("worker")), _number(row.entry.detail))] = row
    for place, row in logged.items():
        line = lines.get(place)
        if line is None:
            yield Finding("missing", "journal", f"Record {place[1]} of the journal {place[0]} ({_about(row)}) is gone.")
        elif line != row.entry.detail:
            what = f"Record {place[1]} of the journal {place[0]} and audit_log row {row.sequence} differ."
            yield Finding("altered", "journal", what)
    last = {worker: max(number for known, number in logged if known == worker) for worker, _ in logged}
    for place in lines:
        if place not in logged and place[1] <= last.get(place[0], 0):
            yield Finding("missing", "log", f"Record {place[1]} of the journal {place[0]} is not in audit_log.")


def _runs_and_log(trail: Trail) -> Iterator[Finding]:
    runs = {run.run_id: run for run in trail.runs}
    logged = {row.entry.flow_run_id: row for row in trail.log if row.entry.source == "run"}
    for run_id, row in logged.items():
        run = runs.get(run_id)
        if run is not None:
            changed = _differences(row.entry.detail, snapshot(run))
            if changed:
                what = f"The flow run {run_id} ({_about(row)}) was changed after its export: {', '.join(changed)}."
                yield Finding("altered", "runs", what)
        elif trail.kept_since is None or row.entry.recorded_at > trail.kept_since:
            yield Finding("missing", "runs", f"The flow run {run_id} ({_about(row)}) was deleted.")
    for run in trail.runs:
        until = trail.exported_until - SERVER_LAG if trail.exported_until else None
        is_due = until is not None and run.ended_at is not None and run.ended_at < until
        if run.is_finished and is_due and run.run_id not in logged:
            what = f"The flow run {run.run_id} ended before the last export and is not in it."
            yield Finding("inserted", "runs", what)


def _runs_and_journals(trail: Trail) -> Iterator[Finding]:
    """The worker's own words against what the runs say; finds what was changed before it was exported."""
    known = {run.run_id: snapshot(run) for run in trail.runs if run.is_finished}
    present = {run.run_id for run in trail.runs}
    for row in trail.log:
        if row.entry.source == "run":
            known.setdefault(row.entry.flow_run_id, dict(row.entry.detail))
            present.add(row.entry.flow_run_id)
    said: dict[str, Mapping[str, Any]] = {}
    for journal in trail.journals:
        for record in journal.records:
            if record.get("kind") in ("concluded", "settled"):
                said[str(record["flow_run_id"])] = record["detail"]
            if record.get("kind") == "requested" and record["flow_run_id"] not in present:
                what = f"The flow run {record['flow_run_id']} of {record['request_id']} was deleted before its export."
                yield Finding("missing", "runs", what)
                present.add(str(record["flow_run_id"]))
    for run_id, run in known.items():
        if run_id in said and (run["state_name"], run["sentence"]) != (said[run_id]["name"], said[run_id]["sentence"]):
            what = f"The flow run {run_id} says {run['state_name']!r}; its worker wrote {said[run_id]['name']!r}."
            yield Finding("altered", "runs", what)
        if run_id not in said and run["state_name"] in ("Done", "Refused", "Pending", "Failed later"):
            yield Finding(
                "inserted", "runs", f"The flow run {run_id} says {run['state_name']!r}; no worker wrote that."
            )


def _anchors_and_log(trail: Trail) -> Iterator[Finding]:
    for anchor in trail.anchors:
        found = _hash_at(trail.log, anchor.sequence)
        when = f"{anchor.anchored_at:%Y-%m-%d %H:%M} UTC"
        if found is None:
            what = f"audit_log ends before row {anchor.sequence}, which was anchored at {when}."
            yield Finding("missing", "anchor", what)
        elif found != anchor.hash:
            what = f"audit_log up to row {anchor.sequence} is not what was anchored at {when}: it was rewritten."
            yield Finding("altered", "anchor", what)


def _hash_at(log: list[Logged], sequence: int) -> str | None:
    if 0 < sequence <= len(log) and log[sequence - 1].sequence == sequence:
        return log[sequence - 1].hash
    return next((row.hash for row in log if row.sequence == sequence), None)


def _differences(logged: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [name for name in now if logged.get(name) != now[name]]


def _number(record: Mapping[str, Any]) -> int:
    value = record.get("n")
    return value if isinstance(value, int) else 0


def _about(row: Logged) -> str:
    return f"{row.entry.kind} of {row.entry.request_id or 'nothing'}"
