"""Flow: write on a ticket what came of an action that was asked for from it."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from connectors.errors import GatewayError
from counterfoil.secrets import SecretMissing
from flows.actions.desk import desk
from flows.helpdesks.notes import FLOW, NotWritten, write_note


@flow(name=FLOW, persist_result=False)
async def post_note(run_id: Any = "", state: Any = "", number: Any = 1) -> State[Any]:
    """`run_id`: the action's run; `state`: what it ended as, or "Awaiting approval"; `number`: which try it is.

    Runs on the warm worker, which has the keys. Ends Failed where the note does not stand yet; `settle` tries again.
    """
    try:
        message = await asyncio.to_thread(write_note, desk(), run_id, state)
    except (NotWritten, GatewayError, SecretMissing) as error:
        return Failed(message=str(error))
    return Completed(message=message)
