"""A batch from its signed request to its end: approval, feeding, and what people say of it on the way. Plain code."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from counterfoil.batch_policy import evaluate_batch
from counterfoil.batches import BatchRequest, BatchStep
from counterfoil.policy import Policy
from counterfoil.prefect_api import QueueUnavailable
from counterfoil.settings import SettingsInvalid
from flows.actions.admission import History, RunFacts, history_of
from flows.actions.batch_steps import newest_step
from flows.actions.conclusion import Concluded, Conclusion, refused
from flows.actions.desk import Desk
from flows.actions.lease import claim_text
from flows.actions.sending import LeaseLost
from flows.batches.admission import admitted_batch, items_of, known_batch_id, yes_to
from flows.batches.feeding import Feeding


@dataclass(frozen=True, slots=True)
class Waits:
    """The run leaves the worker until somebody approves or resumes; `pause_key` is another one each time."""

    name: str
    pause_key: str
    sentence: str


def begin_batch(desk: Desk, run: RunFacts, payload: Any, signature: Any) -> Conclusion | Waits | Feeding:
    """Verify a batch and find out what it waits for. What ends it here is journaled as its conclusion."""
    try:
        batch = admitted_batch(desk, run, payload, signature)
        journal(desk, run, batch.request_id, "requested", {"request": asdict(batch), "run_count": run.run_count})
        answer = _begun(desk, run, batch, signature, desk.policy())
    except Concluded as stop:
        answer = stop.conclusion
    except SettingsInvalid as error:
        answer = Conclusion("Refused", f"The policy cannot be read, so nothing was sent: {error}", "policy")
    if isinstance(answer, Conclusion):
        journal(desk, run, known_batch_id(payload), "concluded", answer.detail())
    return answer


def go_on(feeding: Feeding) -> Conclusion | Waits | None:
    """One look at everything; None while there is more to do. Raises LeaseLost where another worker has the run."""
    desk, run, batch = feeding.desk, feeding.run, feeding.batch
    try:
        history = history_of(desk, run.run_id)
        step = newest_step(desk, run.run_id, batch)
        why = _reason_to_end(feeding, history, step)
    except QueueUnavailable:
        return None
    _check_owner(desk, history)
    is_paused = step is not None and step.step == "pause"
    feeding.tick(feeds=not why and not is_paused)
    if feeding.is_over:
        return _ended(feeding, feeding.concluded())
    if not feeding.is_idle:
        return None
    if why:
        return _ended(feeding, feeding.concluded("Cancelled", why), step)
    return _paused(feeding, step) if is_paused and step is not None else None


def journal(desk: Desk, run: RunFacts, request_id: str, kind: str, detail: dict[str, Any]) -> None:
    """Write one step of the batch down, before the next one happens."""
    desk.journal.append(kind, at=desk.now(), request_id=request_id, flow_run_id=run.run_id, detail=detail)


def _begun(
    desk: Desk, run: RunFacts, batch: BatchRequest, signature: str, policy: Policy
) -> Conclusion | Waits | Feeding:
    history = history_of(desk, run.run_id)
    if history.was_finished:
        raise refused("This run had ended before; a finished run sends nothing again. Ask anew.", "finished")
    items = items_of(desk, batch, policy)
    yes = yes_to(desk, run, batch, policy)
    step = newest_step(desk, run.run_id, batch)
    if yes is None:
        if history.was_stopped or (step is not None and step.step == "stop"):
            by = f" by {step.by}" if step is not None and step.step == "stop" else ""
            return Conclusion("Cancelled", f"Stopped{by} before it was approved; nothing was begun.", "cancelled")
        able = " or ".join(policy.approvers)
        what = "1 item waits" if batch.items == 1 else f"{batch.items:,} items wait"
        sentence = f"{what} for the approval of a {able}."
        return Waits("Suspended", f"approval-{batch.digest}", sentence)
    if step is not None and step.step == "resume":
        journal(desk, run, batch.request_id, "resumed", {**asdict(step), "sentence": f"{step.by} resumed it."})
    return Feeding(desk, run, batch, signature, yes, items)


def _reason_to_end(feeding: Feeding, history: History, step: BatchStep | None) -> str:
    """Why nothing more may be begun; empty where the batch goes on."""
    if step is not None and step.step == "stop":
        return f"{step.by} stopped it."
    if history.was_stopped:
        return "It was stopped in Prefect."
    verdict = evaluate_batch(feeding.desk.policy(), feeding.batch)
    if verdict.kind == "refused":
        return verdict.sentence
    if feeding.desk.now() > feeding.last_moment:
        return "Its approval is too old by now; ask for the rest again."
    return ""


def _check_owner(desk: Desk, history: History) -> None:
    if desk.stopping.is_set():
        raise LeaseLost("This worker is being stopped; the next one goes on.")
    if history.claim != claim_text(desk.owner) or not desk.lease.is_held():
        raise LeaseLost("Another worker has this batch, or this one could not renew its lease.")


def _paused(feeding: Feeding, step: BatchStep) -> Waits:
    desk = feeding.desk
    sentence = f"{step.by} paused it: {len(feeding.outcomes):,} of {len(feeding.items):,} items have ended."
    journal(desk, feeding.run, feeding.batch.request_id, "paused", {**asdict(step), "sentence": sentence})
    feeding.tell()
    return Waits("Paused", f"paused-{desk.now().isoformat()}", sentence)


def _ended(feeding: Feeding, conclusion: Conclusion, step: BatchStep | None = None) -> Conclusion:
    if step is not None and step.step == "stop":
        detail = {**asdict(step), "sentence": f"{step.by} stopped it."}
        journal(feeding.desk, feeding.run, feeding.batch.request_id, "stopped", detail)
    journal(feeding.desk, feeding.run, feeding.batch.request_id, "concluded", conclusion.detail())
    feeding.tell()
    return conclusion
