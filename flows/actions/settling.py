"""Outcomes that are not final are looked up until they are. A finished run is never changed: a new one settles it.

`settle` sweeps and only looks; where the gateway knows more than the trail, it queues a `settle-request` run, which
looks again for itself and ends under the new outcome's name, tagged with the same request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.money import Money
from connectors.outcomes import Pending
from counterfoil.action_runs import ActionRun
from counterfoil.approvals import expires_at
from counterfoil.people import agent_tag
from counterfoil.requests import ActionRequest, RequestInvalid, SignatureInvalid, tags_of
from flows.actions.batch_steps import expire_batches
from flows.actions.conclusion import Concluded, Conclusion, concluded_from
from flows.actions.desk import Desk
from flows.actions.judgement import action_of
from flows.actions.late_failures import done_but_failed
from flows.actions.looking import Unreadable, looked_up, object_at_gateway
from flows.actions.proof import proven
from flows.actions.protocol import known_id
from flows.actions.reread import read_again

LOOK_BACK = timedelta(days=30)
OPEN_NAMES = ["Pending", "Failed", "Crashed"]
"""Of runs that are over: Prefect calls a run that a worker has just claimed Pending, too."""
DEPLOYMENT = "settle-request/settle-request"
SETTLES = "settles"


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    looked_up: int
    settled: int
    expired: int
    trouble: tuple[str, ...]

    def sentence(self) -> str:
        """One line for the run."""
        text = f"{self.looked_up} looked up, {self.settled} settled, {self.expired} approvals expired."
        return f"{text} {len(self.trouble)} could not be read: {self.trouble[0]}" if self.trouble else text


def settle_open(desk: Desk) -> Swept:
    """Look up every open outcome that is due, and queue a run for each that the gateway has settled."""
    now, looked, settled = desk.now(), 0, 0
    trouble: list[str] = []
    for run, number in open_outcomes(desk, now):
        if not is_due(now - run.created_at, now, desk.settings.actions.settle_every_s):
            continue
        looked += 1
        try:
            conclusion = what_became_of(desk, run)
        except Unreadable as error:
            trouble.append(str(error))
            continue
        if conclusion.name != "Pending":
            settled += queue_settling(desk, run, number)
    late = done_but_failed(desk, desk.published, now)
    settled += sum(queue_settling(desk, run, number) for run, number in late)
    return Swept(looked + len(late), settled, _expire_approvals(desk, now), tuple(trouble))


def open_outcomes(desk: Desk, now: datetime) -> list[tuple[ActionRun, int]]:
    """Runs whose outcome is not final, with the number of runs that have settled their request so far."""
    since = now - LOOK_BACK
    settling: dict[str, list[ActionRun]] = {}
    for run in desk.queue.runs_of_any([SETTLES], since):
        settling.setdefault(run.request_id, []).append(run)
    found = desk.queue.runs_in({"name": {"any_": OPEN_NAMES}}, since)
    return [
        (run, len(settling.get(run.request_id, [])))
        for run in found
        if run.is_finished
        and run.idempotency_key == run.request_id
        and not any(_settles(one) for one in settling.get(run.request_id, []))
    ]


def is_due(age: timedelta, now: datetime, every_s: float) -> bool:
    """Young outcomes are looked up at every sweep, older ones less often: about every hundredth part of their age."""
    sweeps = max(1, int(age.total_seconds() / 100 / every_s))
    return int(now.timestamp() / every_s) % sweeps == 0


def what_became_of(desk: Desk, run: ActionRun) -> Conclusion:
    """Ask the gateway what came of a request. Raises Unreadable."""
    try:
        request = verified_copy(desk, run.request, run.signature)
    except (SignatureInvalid, RequestInvalid) as error:
        return Conclusion("Pending", f"The run was changed from outside: {error}", "signature")
    return settled_outcome(desk, request, tried_until=tried_until(run))


def verified_copy(desk: Desk, payload: Any, signature: Any) -> ActionRequest:
    """The request behind a run that was carried out before. Raises SignatureInvalid or RequestInvalid."""
    return proven(desk.paths, payload, signature, now=desk.now())[0]


def tried_until(run: ActionRun) -> datetime:
    """After this nothing was sent any more: the run's end, however long it had waited for an approval before."""
    return run.ended_at or run.created_at


def settled_outcome(desk: Desk, request: ActionRequest, *, tried_until: datetime) -> Conclusion:
    """What the gateway says now. Nothing found long after counts as nothing moved, and is looked at twice."""
    settle_time = timedelta(seconds=desk.settings.actions.settle_time_s)
    amount = None
    if request.amount_minor is not None and request.currency is not None:
        amount = Money(request.amount_minor, request.currency)
    try:
        action = action_of(request, object_at_gateway(desk, request), amount)
    except Concluded as stop:
        return stop.conclusion
    found = looked_up(desk, action)
    if found is None and desk.now() - tried_until > settle_time:
        desk.sleep(0.5)
        found = looked_up(desk, action)
        if found is None:
            minutes = settle_time.total_seconds() / 60
            sentence = f"The gateway shows no trace of it after {minutes:g} minutes; nothing was done."
            return Conclusion("Refused", sentence, "NoTrace")
    return concluded_from(found or Pending("The gateway shows no trace of it yet; it is looked up."), action)


def queue_settling(desk: Desk, run: ActionRun, number: int) -> int:
    """Queue the run that settles a request; one for each state of the trail, however many sweeps run at once."""
    request = verified_copy(desk, run.request, run.signature)
    parameters = {"request": run.request, "signature": run.signature}
    tags = [*tags_of(request), *([] if request.batch_id else [agent_tag(request.requester)]), SETTLES]
    key = f"settle:{request.request_id}:{number}"
    submitted = desk.queue.create_run(DEPLOYMENT, parameters, key=key, tags=tags)
    desk.queue.nudge(submitted.run_id)
    return int(submitted.is_new)


def settle_one(desk: Desk, run_id: str, payload: Any, signature: Any) -> Conclusion:
    """The body of `settle-request`: look for oneself, journal, land, conclude."""
    try:
        request = verified_copy(desk, payload, signature)
        conclusion = settled_outcome(desk, request, tried_until=last_tried(desk, request))
        read_again(desk, request, conclusion)
    except (SignatureInvalid, RequestInvalid, ValueError, TypeError) as error:
        conclusion = Conclusion("Cancelled", f"Nothing was settled: {error}", "signature")
    except Unreadable as error:
        conclusion = Conclusion("Pending", f"The gateway could not be read: {error}", "Unreadable")
    detail = conclusion.detail()
    desk.journal.append("settled", at=desk.now(), request_id=known_id(payload), flow_run_id=run_id, detail=detail)
    return conclusion


def last_tried(desk: Desk, request: ActionRequest) -> datetime:
    """The same, asked of the queue. Now, where the run is under way or is not there any more: then nothing counts as
    long ago, and nobody is told that nothing was done while a worker may be about to do it."""
    runs = desk.queue.runs(tag=f"request:{request.request_id}")
    ended = (tried_until(run) for run in runs if run.idempotency_key == request.request_id and run.is_finished)
    return next(ended, desk.now())


def _settles(run: ActionRun) -> bool:
    """Whether a settling run has said the last word, or is about to."""
    return not run.is_finished or (run.state_type == "COMPLETED" and run.state_name != "Pending")


def _expire_approvals(desk: Desk, now: datetime) -> int:
    """Runs that nobody decided about in time go on, find their request too old, and end as Refused."""
    policy, expired = desk.policy(), 0
    for run in desk.queue.runs_in({"type": {"any_": ["PAUSED"]}}):
        try:
            request = verified_copy(desk, run.request, run.signature)
        except (SignatureInvalid, RequestInvalid):
            continue
        if now > expires_at(request, policy):
            desk.queue.resume(run.run_id)
            expired += 1
    return expired + expire_batches(desk, policy, now)
