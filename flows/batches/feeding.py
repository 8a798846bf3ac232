"""Feeding a batch into the queue: a few items at a time, each once, whatever happens to this process.

What was queued is read from the queue when the feeding begins; from then on what is here is only a copy. An item's
request id follows from the batch and its place in the list, so queueing one again changes nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from connectors.money import Money
from counterfoil.action_runs import COUNT_LABEL, ActionRun
from counterfoil.batch_queue import ITEM_DEPLOYMENT, UNDER_WAY
from counterfoil.batches import BatchItem, BatchRequest, item_request, item_request_id, proof_of
from counterfoil.prefect_api import QueueUnavailable
from counterfoil.queue import ITEM_FLOW, RequestConflict
from counterfoil.requests import tags_of
from flows.actions import faults
from flows.actions.admission import RunFacts
from flows.actions.approval import Approved
from flows.actions.conclusion import Conclusion
from flows.actions.desk import Desk

TELL_EVERY_S = 2.0
CONFLICT = "Conflict"
"""Somebody queued another run under the id of an item; it is told and left alone."""
VANISHED = "Vanished"
"""The run of an item was deleted while it was under way; it is told, and never made again."""


@dataclass(slots=True)
class Feeding:
    """One batch on its way. `signature` is the batch's, `yes` the approval: both go with each item as its proof."""

    desk: Desk
    run: RunFacts
    batch: BatchRequest
    signature: str
    yes: Approved
    items: tuple[BatchItem, ...]
    clock: Callable[[], float] = time.monotonic
    outcomes: dict[int, str] = field(default_factory=dict)
    """Index of an item -> how its run ended."""
    under_way: dict[str, int] = field(default_factory=dict)
    """Run id -> index of the items that were queued and have not ended."""
    _left: list[int] | None = None
    """Indexes that were not queued yet, the next one last; None before the queue was asked."""
    _may_queue: float = 0.0
    _counted_at: float | None = None
    _told_at: float | None = None

    def tick(self, *, feeds: bool = True) -> None:
        """See what has ended, queue what may be queued, tell how far it is. A busy server costs a tick."""
        try:
            if self._left is None:
                self._begin()
            self._see_what_ended()
            if feeds:
                self._queue_some()
            self._tell()
        except QueueUnavailable:
            return

    @property
    def is_over(self) -> bool:
        """Whether every item has ended."""
        return len(self.outcomes) == len(self.items)

    @property
    def is_idle(self) -> bool:
        """Whether no item is under way."""
        return self._left is not None and not self.under_way

    @property
    def last_moment(self) -> datetime:
        """Until when items may be begun: an approval is not for ever."""
        hours = self.desk.policy().approval_expires_hours
        return datetime.fromisoformat(self.yes.approval.decided_at) + timedelta(hours=hours)

    def concluded(self, name: str = "", why: str = "") -> Conclusion:
        """How the batch ends, with what came of its items; `why` where it ended before its end."""
        moved = self._moved()
        told = [f"{number:,} {state.lower()}" for state, number in self._counts().items()]
        begun = len(self.outcomes) + len(self.under_way)
        rest = f" {len(self.items) - begun:,} were not begun." if begun < len(self.items) else ""
        sums = f" {', '.join(str(one) for one in moved)} moved." if moved else " Nothing moved."
        size = "1 item" if len(self.items) == 1 else f"{len(self.items):,} items"
        sentence = f"{why} Of {size}: {', '.join(told) or 'none begun'}.{sums}{rest}".strip()
        return Conclusion("Cancelled" if name == "Cancelled" else "Done", sentence, "batch")

    def tell(self) -> None:
        """Write down how far it is, now."""
        self._told_at = None
        self._tell()

    def _begin(self) -> None:
        ids = {item_request_id(self.batch.request_id, index): index for index in range(len(self.items))}
        for run in self.desk.queue.runs_by_key(list(ids), ITEM_FLOW):
            index = ids.get(run.idempotency_key or "")
            if index is None:
                continue
            if run.is_finished:
                self.outcomes[index] = _outcome(run)
            else:
                self.under_way[run.run_id] = index
        known = set(self.outcomes) | set(self.under_way.values())
        self._left = [index for index in reversed(range(len(self.items))) if index not in known]

    def _see_what_ended(self) -> None:
        if not self.under_way:
            return
        found = {run.run_id: run for run in self.desk.queue.runs_by_id(list(self.under_way))}
        for run_id in list(self.under_way):
            run = found.get(run_id)
            if run is None or run.is_finished:
                self.outcomes[self.under_way.pop(run_id)] = _outcome(run) if run else VANISHED

    def _queue_some(self) -> None:
        assert self._left is not None
        actions, now = self.desk.settings.actions, self.clock()
        if self._counted_at is not None:
            self._may_queue += (now - self._counted_at) * actions.batch_per_minute / 60
        else:
            self._may_queue = 1.0
        self._counted_at = now
        self._may_queue = min(self._may_queue, float(actions.batch_at_once))
        while self._left and self._may_queue >= 1 and len(self.under_way) < actions.batch_at_once:
            self._queue(self._left[-1])
            self._left.pop()
            self._may_queue -= 1

    def _queue(self, index: int) -> None:
        faults.point("before_item")
        yes = self.yes.approval
        wish = item_request(self.batch, yes, self.items[index], index)
        proof = proof_of(self.batch, self.signature, yes, self.yes.signature, index)
        parameters = {"request": asdict(wish), "signature": proof}
        try:
            made = self.desk.queue.create_run(ITEM_DEPLOYMENT, parameters, key=wish.request_id, tags=tags_of(wish))
        except RequestConflict:
            self.outcomes[index] = CONFLICT
            return
        faults.point("after_item")
        self.under_way[made.run_id] = index
        self.desk.queue.nudge(made.run_id)

    def _counts(self) -> dict[str, int]:
        counts = Counter(self.outcomes.values())
        if self.under_way:
            counts[UNDER_WAY] = len(self.under_way)
        return dict(counts.most_common())

    def _moved(self) -> list[Money]:
        done = [self.items[index] for index, outcome in self.outcomes.items() if outcome == "Done"]
        return _sums(done)

    def _tell(self) -> None:
        if self._told_at is not None and self.clock() - self._told_at < TELL_EVERY_S:
            return
        self._told_at = self.clock()
        counts = {UNDER_WAY: 0} | self._counts()
        self.desk.queue.add_labels(self.run.run_id, {COUNT_LABEL + state: one for state, one in counts.items()})


def _outcome(run: ActionRun) -> str:
    """The state's name as people know it."""
    return run.state_name


def _sums(items: Iterable[BatchItem]) -> list[Money]:
    sums: Counter[str] = Counter()
    for item in items:
        sums[item.currency] += item.amount_minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]
