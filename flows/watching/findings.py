"""What is wrong right now: a stuck run, a schedule that fails, a broken audit trail, an inbox that does not empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from counterfoil.alerts import Alerts
from counterfoil.prefect_api import CallRefused, PrefectApi, QueueUnavailable
from counterfoil.run_health import Laggard, RunHealth

ACTIONS = ("carry-out", "carry-out-item", "settle-request")
"""Deployments whose runs take seconds. A batch may take hours; that it hangs is seen by its items."""
CHAIN = "verify-audit"
STATEMENTS = "statements"
_NOT_WAITING = frozenset({"done", "refused", "outcomes"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `key` stays the same for as long as it is so; `since` in UTC."""

    key: str
    sentence: str
    since: datetime


def look(api: PrefectApi, inbox: Path, alerts: Alerts, now: datetime) -> list[Finding]:
    """Everything that is wrong; a server that does not answer is a finding, too."""
    found = list(_inbox(inbox, alerts, now))
    try:
        health = RunHealth(api)
        return [*_stuck(health, alerts, now), *_failing(health, alerts), *found]
    except (QueueUnavailable, CallRefused) as error:
        return [Finding("queue", f"Prefect’s server cannot be asked: {error}", now), *found]


def _stuck(health: RunHealth, alerts: Alerts, now: datetime) -> Iterator[Finding]:
    cutoff = now - timedelta(minutes=alerts.stuck_after_minutes)
    for name, runs in _grouped(health.waiting_since_before(cutoff)):
        what = f"{_number(runs, 'run')} of {name} should have begun and did not; is its worker running?"
        yield Finding(f"waiting:{name}", f"{what} The oldest: {runs[0].run_id}.", runs[0].since)
    for name, runs in _grouped(health.under_way_since_before(cutoff, ACTIONS)):
        what = f"{_number(runs, 'run')} of {name} under way for more than {alerts.stuck_after_minutes} minutes."
        yield Finding(f"hanging:{name}", f"{what} The oldest: {runs[0].run_id}.", runs[0].since)


def _failing(health: RunHealth, alerts: Alerts) -> Iterator[Finding]:
    for one in health.failing(alerts.failures_in_a_row, (CHAIN,)):
        if one.deployment == CHAIN:
            yield Finding("chain", f"The audit trail does not hold: {one.message}", one.since)
        else:
            sentence = f"{one.deployment} failed {one.times} times in a row; the last time: {one.message}"
            yield Finding(f"failing:{one.deployment}", sentence, one.since)


def _inbox(inbox: Path, alerts: Alerts, now: datetime) -> Iterator[Finding]:
    waiting: dict[str, list[datetime]] = {}
    for path in inbox.rglob("*"):
        place = path.relative_to(inbox).parts
        if not _NOT_WAITING.isdisjoint(place) or path.name.startswith(".") or not path.is_file():
            continue
        with suppress(FileNotFoundError):  # it was handled just now
            waiting.setdefault("/".join(place[:-1]), []).append(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    for source, times in sorted(waiting.items()):
        minutes = alerts.inbox_after_minutes + (60 if source == STATEMENTS else 0)
        oldest = min(times)
        if now - oldest > timedelta(minutes=minutes):
            sentence = f"The inbox of {source} does not empty: {_number(times, 'file')} in it."
            yield Finding(f"inbox:{source}", sentence, oldest)


def _grouped(laggards: Sequence[Laggard]) -> list[tuple[str, list[Laggard]]]:
    groups: dict[str, list[Laggard]] = {}
    for one in sorted(laggards, key=lambda one: one.since):
        groups.setdefault(one.deployment, []).append(one)
    return list(groups.items())


def _number(some: Sequence[object], noun: str) -> str:
    return f"{len(some):,} {noun}{'s' if len(some) > 1 else ''}"
