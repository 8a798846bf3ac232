"""The flow of a batch: it waits for its approval, then feeds its items into the queue, each a run of its own."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import Abort

from flows.actions import faults
from flows.actions.carry_out import final_state, leave_until_resumed, run_facts
from flows.actions.conclusion import Conclusion
from flows.actions.desk import desk
from flows.actions.sending import LeaseLost
from flows.batches.admission import known_batch_id
from flows.batches.conducting import Waits, begin_batch, go_on, journal
from flows.batches.feeding import Feeding

EVERY_S = 0.5


@flow(name="carry-out-batch", persist_result=False)
async def carry_out_batch(request: Any = None, signature: Any = "") -> State[Any]:
    """Carry out one signed batch. Whatever the parameters hold, nothing is queued unless it was signed and approved."""
    run = run_facts()
    answer = await asyncio.to_thread(begin_batch, desk(), run, request, signature)
    if isinstance(answer, Waits):
        await leave_until_resumed(_paused(answer))
        answer = Conclusion("Refused", "It was resumed without a valid approval; nothing was sent.", "approval")
        journal(desk(), run, known_batch_id(request), "concluded", answer.detail())
    if isinstance(answer, Feeding):
        answer = await _fed(answer)
    faults.point("before_final_state")
    return final_state(answer)


async def _fed(feeding: Feeding) -> Conclusion:
    """Go on until it has ended. A pause leaves the worker; the next run of it begins with what the queue holds."""
    while True:
        try:
            answer = await asyncio.to_thread(go_on, feeding)
        except LeaseLost as lost:
            # The run stays as it is: whoever owns it now goes on with it.
            raise Abort(str(lost)) from lost
        if isinstance(answer, Waits):
            await leave_until_resumed(_paused(answer))
        elif answer is not None:
            return answer
        await asyncio.sleep(EVERY_S)


def _paused(waits: Waits) -> State[Any]:
    details: Any = {"pause_reschedule": True, "pause_key": waits.pause_key}
    return State(type=StateType.PAUSED, name=waits.name, message=waits.sentence, state_details=details)
