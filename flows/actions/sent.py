"""Was it sent before? The journal of the worker that had the run knows; of another host only the run itself tells."""

from __future__ import annotations

from datetime import datetime

from counterfoil.action_runs import SENT_LABEL
from counterfoil.requests import ActionRequest
from flows.actions import faults
from flows.actions.admission import RunFacts
from flows.actions.desk import Desk


def note_sending(desk: Desk, run: RunFacts) -> None:
    """Write at the run that from now on a request may have left. Raises QueueUnavailable: then nothing may be sent.

    Written before the journal's line and before the gateway is called, and never taken back: whoever takes the run
    over without this worker's journal must take it for sent.
    """
    if SENT_LABEL not in run.labels:
        faults.point("before_sent_label")
        desk.queue.add_labels(run.run_id, {SENT_LABEL: f"{desk.now().isoformat()} {desk.owner.slot}"})
        faults.point("after_sent_label")


def first_sent(desk: Desk, run: RunFacts, request: ActionRequest) -> datetime | None:
    """When an attempt may first have left whose effect is not known; None where nothing can have been sent."""
    noted_at, slot = _noted(run)
    if noted_at is not None and not desk.journal.is_here(slot):
        return noted_at
    return _in_journals(desk, request)


def _noted(run: RunFacts) -> tuple[datetime | None, str]:
    text = run.labels.get(SENT_LABEL)
    if not isinstance(text, str):
        return None, ""
    when, _, slot = text.partition(" ")
    try:
        return datetime.fromisoformat(when), slot
    except ValueError:
        # Somebody changed it: the run is taken for one that was sent when it was made.
        return run.created_at, slot


def _in_journals(desk: Desk, request: ActionRequest) -> datetime | None:
    sent: datetime | None = None
    is_unknown = False
    for record in desk.journal.about(request.request_id):
        if record["kind"] == "attempt":
            sent = sent or datetime.fromisoformat(record["at"])
        elif record["kind"] == "unknown":
            is_unknown = True
        elif record["kind"] == "not_accepted" and not is_unknown:
            sent = None
    return sent
