"""Batches on the stand of actions: made, approved, and compared with what the gateway really gave back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from counterfoil.action_runs import ActionRun
from counterfoil.approvals import Approval
from counterfoil.batch_lists import FrozenList, batch_of, freeze
from counterfoil.batch_queue import decide, submit_batch, take_step
from counterfoil.batches import BatchItem, BatchRequest, Signer, Step, new_batch_id
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from tests.actions.stand import Stand

AMOUNT = 300
DEADLINE_S = 90.0


def item_of(charge: dict[str, Any], line: int, amount: int = AMOUNT) -> BatchItem:
    return BatchItem("stripe/eu", charge["id"], amount, charge["currency"].upper(), charge.get("customer"), None, line)


def fresh_items(stand: Stand, number: int) -> tuple[BatchItem, ...]:
    """Part of as many charges that no other test uses."""
    return tuple(item_of(stand.charge(at_most=10_000_000), line + 2) for line in range(number))


def signer(stand: Stand, name: str = "lena", role: str = "lead") -> Signer:
    """Somebody who is signed in."""
    return Signer(name, role, "session", stand.key)


def listed(paths: Paths, items: Sequence[BatchItem], by: Signer, **changes: Any) -> BatchRequest:
    """A batch over a list that was frozen, by anybody."""
    frozen = FrozenList({"file": "refunds.csv"}, tuple(items), ())
    digest, reason = freeze(paths.batches, frozen), ("goodwill", "The outage of Sunday.")
    made = batch_of(frozen, digest, batch_id=new_batch_id(), reason=reason, by=by, now=utc_now())
    return replace(made, **changes)


def wish(stand: Stand, items: Sequence[BatchItem], **changes: Any) -> BatchRequest:
    """A batch by a lead whom no other test uses."""
    return listed(stand.paths, items, signer(stand, f"lead-{uuid.uuid4().hex[:8]}"), **changes)


def submitted(stand: Stand, batch: BatchRequest) -> str:
    """The run id of a batch in the queue."""
    return submit_batch(stand.queue, batch, signer(stand)).run_id


def waiting(stand: Stand, batch: BatchRequest) -> str:
    """The run id of a batch that waits for its approval."""
    run_id = submitted(stand, batch)
    run = stand.until(run_id, lambda one: one.state_type == "PAUSED" or one.is_finished, DEADLINE_S)
    assert run.state_name == "Awaiting approval", run.sentence
    return run_id


def yes(batch: BatchRequest, run_id: str, **changes: Any) -> Approval:
    """Another lead's yes to a batch."""
    made = Approval(run_id, batch.request_id, batch.digest, "approve", "lena", "lead", "session", "Fine.", _now())
    return replace(made, **changes)


def approve(stand: Stand, batch: BatchRequest, run_id: str) -> None:
    """Another lead says yes."""
    decide(stand.queue, run_id, batch, "approve", signer(stand), comment="Fine.", now=utc_now())


def step(stand: Stand, batch: BatchRequest, run_id: str, wanted: Step, by: Signer | None = None) -> None:
    """Another lead, or somebody else, pauses, resumes or stops it."""
    take_step(stand.queue, run_id, batch, wanted, by or signer(stand), now=utc_now())


def _now() -> str:
    return utc_now().isoformat()


def given_back(stand: Stand, items: Sequence[BatchItem]) -> list[list[int]]:
    """For each item the refunds that the gateway really made."""
    return [[refund["amount"] for refund in stand.refunds(item.object_id)] for item in items]


def ended(stand: Stand, run_id: str, deadline_s: float = DEADLINE_S) -> ActionRun:
    """The batch's run, once it has ended."""
    return stand.finished(run_id, deadline_s)
