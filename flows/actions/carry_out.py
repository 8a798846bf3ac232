"""The flow of one action. Its run is the counterfoil: who asked for what, when, why, and what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from prefect import flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.exceptions import Abort, Pause
from prefect.states import Cancelled, Completed, Suspended
from prefect.utilities.engine import propose_state

from counterfoil.action_runs import AMOUNT_LABEL, CURRENCY_LABEL, REFERENCE_LABEL
from counterfoil.prefect_api import QueueUnavailable
from counterfoil.queue import ITEM_FLOW
from flows.actions import faults
from flows.actions.admission import RunFacts
from flows.actions.conclusion import AwaitsApproval, Conclusion
from flows.actions.desk import Desk, desk
from flows.actions.protocol import carry_out_request, known_id
from flows.actions.sending import LeaseLost
from flows.helpdesks.note_text import AWAITS
from flows.helpdesks.notes import ask_for_note


@flow(name="carry-out", persist_result=False)
async def carry_out(request: Any = None, signature: Any = "") -> State[Any]:
    """Carry out one signed request. Whatever the parameters hold, nothing is sent without a valid signature."""
    return await carried_out(request, signature)


async def carried_out(request: Any, signature: Any) -> State[Any]:
    """The body of the flows that carry one action out; call it in a flow run. Returns the run's final state."""
    run = run_facts()
    try:
        answer = await asyncio.to_thread(carry_out_request, desk(), run, request, signature)
    except LeaseLost as lost:
        # The run stays as it is: whoever owns it now goes on with it.
        raise Abort(str(lost)) from lost
    if isinstance(answer, AwaitsApproval):
        answer = await _suspended(run, answer)
    await asyncio.to_thread(keep_details, desk(), run.run_id, request, answer)
    await asyncio.to_thread(ask_for_note, desk(), run.run_id, request, answer.name)
    faults.point("before_final_state")
    return final_state(answer)


def run_facts() -> RunFacts:
    """What Prefect says of the run that this is called in."""
    context = FlowRunContext.get()
    created = context.flow_run.created if context and context.flow_run else None
    if context is None or context.flow_run is None or created is None:
        raise RuntimeError("An action is carried out in a flow run; queue a request instead of calling the flow.")
    run = context.flow_run
    is_item = context.flow is not None and context.flow.name == ITEM_FLOW
    return RunFacts(str(run.id), run.idempotency_key, run.run_count, created, run.labels, is_item)


def final_state(conclusion: Conclusion) -> State[Any]:
    """The finished state: the outcome's name and its one sentence."""
    if conclusion.name == "Cancelled":
        return Cancelled(message=conclusion.sentence)
    return Completed(name=conclusion.name, message=conclusion.sentence)


async def _suspended(run: RunFacts, waits: AwaitsApproval) -> Conclusion:
    """Leave the worker until somebody decides. Comes back only if the run was resumed without a valid decision."""
    await asyncio.to_thread(keep_preview, desk(), run.run_id, waits)
    told = {"ticket": waits.preview.ticket, "request_id": waits.preview.request_id}
    await asyncio.to_thread(ask_for_note, desk(), run.run_id, told, AWAITS)
    await leave_until_resumed(Suspended(pause_key=f"approval-{waits.preview.digest}", message=waits.sentence))
    sentence = "It was resumed without a valid approval of what would be done; nothing was sent."
    conclusion = Conclusion("Refused", sentence, "approval")
    desk().journal.append(
        "concluded",
        at=desk().now(),
        request_id=waits.preview.request_id,
        flow_run_id=run.run_id,
        detail=conclusion.detail(),
    )
    return conclusion


async def leave_until_resumed(state: State[Any]) -> None:
    """Suspend this run and leave the worker. Comes back only where Prefect refuses that, as when a stop came first."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or not isinstance(context.client, PrefectClient):
        raise RuntimeError("Only a flow run can wait for somebody.")
    proposed = await propose_state(context.client, state, flow_run_id=context.flow_run.id)
    if proposed.is_paused():
        raise Pause(state=proposed)


def keep_preview(desk: Desk, run_id: str, waits: AwaitsApproval) -> None:
    """Keep what the approver is to see beside the run."""
    key = f"preview-{waits.preview.request_id.replace('_', '-')}"
    faults.point("before_preview")
    desk.queue.add_artifact(run_id, key, asdict(waits.preview))
    faults.point("after_preview")


def keep_details(desk: Desk, run_id: str, request: Any, conclusion: Conclusion) -> None:
    """Keep the details as labels and an artifact. They repeat the journal, so a busy server may do without."""
    request_id = known_id(request)
    labels: dict[str, Any] = {}
    if conclusion.gateway_reference:
        labels[REFERENCE_LABEL] = conclusion.gateway_reference
    if conclusion.amount:
        labels |= {AMOUNT_LABEL: conclusion.amount.minor, CURRENCY_LABEL: conclusion.amount.currency}
    faults.point("before_details")
    try:
        if labels:
            desk.queue.add_labels(run_id, labels)
        desk.queue.add_artifact(run_id, artifact_key(request_id, run_id), conclusion.detail())
    except QueueUnavailable:
        return
    faults.point("after_details")


def artifact_key(request_id: str, run_id: str) -> str:
    """Under which key the details of an outcome are kept; only small letters, digits and dashes are allowed."""
    return f"outcome-{request_id.replace('_', '-') or run_id}"
