"""A batch in the queue: one run for the whole, which waits for its approval, and one run for each item.

How far it is stands in the labels of its run; what came of each item is read from the items' own runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from counterfoil.action_runs import ActionRun
from counterfoil.approvals import Approval, Decision, sign_approval
from counterfoil.batches import (
    BatchRequest,
    BatchStep,
    Signer,
    Step,
    item_request_id,
    parse_batch,
    sign_batch,
    sign_step,
)
from counterfoil.people import agent_tag
from counterfoil.queue import ITEM_FLOW, NotWaiting, Queue, Submitted
from counterfoil.requests import RequestInvalid

DEPLOYMENT = "carry-out-batch/carry-out-batch"
ITEM_DEPLOYMENT = f"{ITEM_FLOW}/{ITEM_FLOW}"
STEP_PREFIX = "step-"
FEEDS_TAG = "feeds"
"""On the run of a batch: it queues others and does nothing at a gateway."""
MOST_SETTLED = 100_000
UNDER_WAY = "Under way"
"""The state of items that were queued and have not ended."""
PAUSED = "Paused"


@dataclass(frozen=True, slots=True)
class BatchRun:
    """The run of a batch as pages and commands see it. `batch` is None where somebody made the run by hand."""

    run: ActionRun
    batch: BatchRequest | None

    @property
    def ended(self) -> int:
        """How many items have ended, whatever came of them, as the run last told."""
        return sum(number for state, number in self.run.counts_by_state.items() if state != UNDER_WAY)

    @property
    def is_paused(self) -> bool:
        """Whether it was begun and then paused; one that waits for its approval is not."""
        return self.run.state_name == PAUSED


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What came of one item. `run` is None while it was not begun; else the run that says the newest outcome."""

    index: int
    request_id: str
    run: ActionRun | None
    """The item's own run."""
    newest: ActionRun | None
    """The run that settled it later, else the same."""


def batch_run(run: ActionRun) -> BatchRun:
    """Read the batch behind a run."""
    try:
        return BatchRun(run, parse_batch(run.request))
    except RequestInvalid:
        return BatchRun(run, None)


def find_batch(queue: Queue, run_id: str) -> BatchRun | None:
    """The batch of a run id; None where there is none, or the run is no batch's."""
    run = queue.run(run_id)
    found = batch_run(run) if run is not None else None
    return found if found is not None and found.batch is not None else None


def asked_before(queue: Queue, digest: str, source: Mapping[str, str]) -> list[BatchRun]:
    """Batches over the same list or the same file that were not refused, newest first: somebody may ask twice."""
    found = [one for one in map(batch_run, queue.batches()) if one.batch is not None]
    return [
        one
        for one in found
        if one.run.state_name != "Refused"
        and one.batch is not None
        and (one.batch.list_digest == digest or one.batch.source.get("sha256", "") == source.get("sha256"))
    ]


def submit_batch(queue: Queue, batch: BatchRequest, by: Signer) -> Submitted:
    """Sign a batch and queue it; it waits for its approval. Raises RequestConflict or QueueUnavailable."""
    signature = sign_batch(batch, by.key)
    tags = [FEEDS_TAG, f"request:{batch.request_id}", f"action:{batch.action}", agent_tag(batch.requester)]
    parameters = {"request": asdict(batch), "signature": signature}
    submitted = queue.create_run(DEPLOYMENT, parameters, key=batch.request_id, tags=tags)
    queue.nudge(submitted.run_id)
    return submitted


def decide(
    queue: Queue, run_id: str, batch: BatchRequest, decision: Decision, by: Signer, *, comment: str, now: datetime
) -> None:
    """Hand in a signed yes or no to exactly this batch. Raises NotWaiting, ApprovalInvalid or QueueUnavailable."""
    approval = Approval(
        run_id,
        batch.request_id,
        batch.digest,
        decision,
        by.name,
        by.role,
        by.authenticated_by,
        comment,
        now.isoformat(),
    )
    queue.approve(run_id, approval, sign_approval(approval, by.key))


def take_step(queue: Queue, run_id: str, batch: BatchRequest, wanted: Step, by: Signer, *, now: datetime) -> None:
    """Hand in a signed pause, resume or stop. Raises NotWaiting where the batch has ended, or QueueUnavailable."""
    run = queue.run(run_id)
    if run is None or run.is_finished:
        raise NotWaiting("This batch has ended; nothing of it can be paused, resumed or stopped.")
    step = BatchStep(run_id, batch.request_id, wanted, by.name, by.role, by.authenticated_by, now.isoformat())
    signature = sign_step(step, by.key)
    unique = hashlib.sha256(signature.encode()).hexdigest()[:16]
    queue.add_input(run_id, STEP_PREFIX + unique, {"step": asdict(step), "signature": signature})
    if run.state_type == "PAUSED" and step.step != "pause":
        # It reads what was handed in and goes on, or ends; one that still waits for its approval keeps waiting.
        queue.resume(run_id)


def begun_not_done(queue: Queue, batch: BatchRequest) -> list[int]:
    """Indexes of the items that were begun and whose own run does not say Done, in the order of the list."""
    state = {"name": {"not_any_": ["Done"]}}
    found = queue.runs(tag=batch.item_tag, flows=(ITEM_FLOW,), limit=batch.items, state=state)
    ids = {item_request_id(batch.request_id, index): index for index in range(batch.items)}
    return sorted(ids[run.request_id] for run in found if run.request_id in ids)


def results(queue: Queue, batch: BatchRequest, indexes: Sequence[int]) -> list[ItemResult]:
    """What came of some items, in their order."""
    ids = {index: item_request_id(batch.request_id, index) for index in indexes}
    own = {run.request_id: run for run in queue.runs_by_key(list(ids.values()), ITEM_FLOW)}
    found = queue.runs(tag=batch.item_tag, flows=("settle-request",), limit=MOST_SETTLED)
    settled = {run.request_id: run for run in reversed(found) if run.state_type == "COMPLETED"}
    return [
        ItemResult(index, request_id, own.get(request_id), settled.get(request_id) or own.get(request_id))
        for index, request_id in ids.items()
    ]
