"""What people said of a batch that is under way: pause, resume, stop. Only signed words of those who may count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from counterfoil.approvals import expires_at
from counterfoil.batch_queue import STEP_PREFIX
from counterfoil.batches import BatchRequest, BatchStep, verified_batch, verified_step
from counterfoil.people import is_same_person
from counterfoil.policy import Policy
from counterfoil.queue import input_prefix
from counterfoil.requests import CLOCK_SKEW, RequestInvalid, SignatureInvalid
from counterfoil.signing_keys import public_keys
from flows.actions.desk import Desk


def newest_step(desk: Desk, run_id: str, batch: BatchRequest) -> BatchStep | None:
    """The newest signed step of the requester or of somebody who may approve; a repeated old one changes nothing."""
    steps = (_ours(desk, value) for value in desk.queue.inputs(run_id, STEP_PREFIX))
    counted = [one for one in steps if one is not None and _counts(desk, one, run_id, batch)]
    return max(counted, key=lambda one: one.decided_at, default=None)


def expire_batches(desk: Desk, policy: Policy, now: datetime) -> int:
    """Batches that nobody approved in time go on, find themselves too old, and end as Refused."""
    expired = 0
    for run in desk.queue.batches(state={"type": {"any_": ["PAUSED"]}}):
        try:
            batch = verified_batch(run.request, run.signature, public_keys(desk.paths.keys), now=now)
        except (SignatureInvalid, RequestInvalid):
            continue
        if now > expires_at(batch, policy) and not desk.queue.inputs(run.run_id, input_prefix(batch.digest)):
            desk.queue.resume(run.run_id)
            expired += 1
    return expired


def _ours(desk: Desk, value: Any) -> BatchStep | None:
    if not isinstance(value, dict):
        return None
    try:
        return verified_step(value.get("step"), value.get("signature"), public_keys(desk.paths.keys))
    except (SignatureInvalid, RequestInvalid):
        return None


def _counts(desk: Desk, step: BatchStep, run_id: str, batch: BatchRequest) -> bool:
    is_here = step.run_id == run_id and step.request_id == batch.request_id
    may = step.role in desk.policy().approvers or is_same_person(step.by, batch.requester)
    return is_here and may and datetime.fromisoformat(step.decided_at) <= desk.now() + CLOCK_SKEW
