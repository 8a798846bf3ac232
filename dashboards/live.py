"""What happens right now: a small index in memory of the newest action runs, read from the queue at most once a second.

A finished action is shown from here until the published file counts it. When the queue does not answer, what was last
known is shown, and the page says so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from counterfoil.action_runs import ActionRun
from counterfoil.prefect_api import CallRefused, QueueUnavailable
from counterfoil.queue import ACTION_FLOWS, Queue

EVERY = timedelta(seconds=1)
PAUSE_WHEN_DOWN = timedelta(seconds=5)
OVERLAP = timedelta(minutes=2)
MAX_RUNS = 500
PATIENCE_S = 0.5
"""How long a page waits for the queue before it shows what was last known."""

ObjectKey = tuple[str, str, str]
"""(account, object kind, object id)."""


class LiveRuns:
    """The newest runs by id; thread-safe. One refresh at a time, and a slow queue never holds a page up."""

    def __init__(self, queue: Queue, *, unfinished_for: timedelta) -> None:
        """`unfinished_for`: how long a run may stay unfinished, which is how long an approval may take."""
        self._queue = queue
        self._unfinished_for = unfinished_for
        self._runs: dict[str, ActionRun] = {}
        self._next_at: datetime | None = None
        self._changes = 0
        self._refreshing: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="live-runs")
        self._lock = threading.Lock()
        self.is_reachable = True

    def all(self, *, now: datetime) -> list[ActionRun]:
        """The newest runs, newest first."""
        refreshing = self._start(now)
        if refreshing is not None and not wait([refreshing], PATIENCE_S).done:
            self.is_reachable = False
        with self._lock:
            return sorted(self._runs.values(), key=lambda run: (run.created_at, run.run_id), reverse=True)

    def _start(self, now: datetime) -> Future[None] | None:
        """The refresh to wait for, begun where one is due; None where what is known is fresh."""
        with self._lock:
            if self._next_at is not None and now < self._next_at:
                return None
            if self._refreshing is None or self._refreshing.done():
                self._refreshing = self._pool.submit(self._refresh, now, self._changes)
            return self._refreshing

    def of_objects(
        self, objects: Iterable[ObjectKey], customers: Iterable[tuple[str, str]] = (), *, now: datetime
    ) -> list[ActionRun]:
        """Runs about these objects, or for these customers (account, customer id), newest first; of several runs of
        one request the one that counts."""
        wanted, theirs = set(objects), set(customers)
        return current_ones(
            run for run in self.all(now=now) if object_key(run) in wanted or _customer_key(run) in theirs
        )

    def forget(self) -> None:
        """Look again at once, because something was just queued or decided."""
        with self._lock:
            self._next_at = None
            self._changes += 1

    def _refresh(self, now: datetime, changes: int) -> None:
        try:
            # A batch's thousands of items would push everything else out; its own page shows them.
            found = self._queue.runs(since=self._since(now), limit=MAX_RUNS, flows=ACTION_FLOWS)
        except (QueueUnavailable, CallRefused):
            self.is_reachable = False
            self._done(now + PAUSE_WHEN_DOWN, changes)
            return
        self.is_reachable = True
        with self._lock:
            known = self._runs | {run.run_id: run for run in found}
            newest = sorted(known.values(), key=lambda run: run.created_at, reverse=True)[:MAX_RUNS]
            self._runs = {run.run_id: run for run in newest}
        self._done(now + EVERY, changes)

    def _done(self, next_at: datetime, changes: int) -> None:
        """What was queued while this refresh ran may not be in it: then the next page looks again."""
        with self._lock:
            self._next_at = next_at if changes == self._changes else None

    def _since(self, now: datetime) -> datetime | None:
        """From when on runs may have changed: the oldest unfinished one, else a little before the newest."""
        if not self._runs:
            return None
        oldest_possible = now - self._unfinished_for
        open_since = [run.created_at for run in self._runs.values() if not run.is_finished]
        newest = max(run.created_at for run in self._runs.values())
        return max(min([newest, *open_since]), oldest_possible) - OVERLAP


def current_ones(runs: Iterable[ActionRun]) -> list[ActionRun]:
    """One run per request, newest request first: the newest finished run, else the one under way."""
    by_request: dict[str, list[ActionRun]] = {}
    for run in sorted(runs, key=lambda run: run.created_at, reverse=True):
        by_request.setdefault(run.request_id or run.run_id, []).append(run)
    return [next((run for run in group if run.is_finished), group[0]) for group in by_request.values()]


def object_key(run: ActionRun) -> ObjectKey:
    """What a run is about; runs that strangers made may say anything."""
    asked = run.request
    return str(asked.get("account")), str(asked.get("object_kind")), str(asked.get("object_id"))


def _customer_key(run: ActionRun) -> tuple[str, str]:
    return str(run.request.get("account")), str(run.request.get("customer_id"))
