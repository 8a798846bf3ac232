"""The flow of one item of a batch: an action like any other, in a flow of its own, so that thousands of them do not
push what agents asked for out of the pages."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from counterfoil.queue import ITEM_FLOW
from flows.actions.carry_out import carried_out


@flow(name=ITEM_FLOW, persist_result=False)
async def carry_out_item(request: Any = None, signature: Any = "") -> State[Any]:
    """Carry out one item of an approved batch. Whatever the parameters hold, nothing is sent without that proof."""
    return await carried_out(request, signature)
