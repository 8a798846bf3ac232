"""Running one claimed flow run in this process. Any light flow that is deployed to the pool may come."""

from __future__ import annotations

import asyncio
import importlib
import logging
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import Abort, Pause, PrefectException
from prefect.flow_engine import run_flow
from prefect.flows import Flow
from prefect.states import Failed

from flows.actions import faults
from flows.actions.claims import take_over

logger = logging.getLogger("counterfoil.actions")
OUR_FLOWS = "flows."


class Flows:
    """Flows by deployment, imported once and kept warm."""

    def __init__(self) -> None:
        self._known: dict[UUID, Flow[Any, Any]] = {}

    async def of(self, client: PrefectClient, run: FlowRun) -> Flow[Any, Any]:
        """The flow of a run. Raises LookupError: this process holds gateway keys and imports our own modules only."""
        if run.deployment_id is None:
            raise LookupError("The run belongs to no deployment.")
        if run.deployment_id not in self._known:
            deployment = await client.read_deployment(run.deployment_id)
            self._known[run.deployment_id] = _loaded(deployment.entrypoint or "")
        return self._known[run.deployment_id]


def _loaded(entrypoint: str) -> Flow[Any, Any]:
    module, _, name = entrypoint.replace(":", ".").rpartition(".")
    if not module.startswith(OUR_FLOWS):
        raise LookupError(f"The entrypoint {entrypoint!r} is none of ours.")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        raise LookupError(f"The entrypoint {entrypoint!r} names no flow.") from None
    if not isinstance(found, Flow):
        raise LookupError(f"The entrypoint {entrypoint!r} names no flow.")
    return found


async def run_here(client: PrefectClient, flows: Flows, run: FlowRun) -> None:
    """Run a claimed run to its end, its suspension, or its loss to another owner."""
    try:
        flow = await flows.of(client, run)
        if flow.isasync:
            run.state = await run_flow(flow, flow_run=run, return_type="state")  # type: ignore[misc]
        else:
            run.state = await asyncio.to_thread(run_flow, flow, run, return_type="state")  # type: ignore[arg-type]
        faults.point("after_final_state")
        if run.state is not None and run.state.is_cancelling():
            # A stop that came after the last look: Prefect refused the outcome, so it is looked up and told anew.
            await take_over(client, run, "The stop came too late; what became of it is looked up.")
    except Pause:
        logger.info("The run %s waits for a decision.", run.id)
    except Abort as error:
        logger.info("The run %s goes on elsewhere: %s", run.id, error)
    except (LookupError, TypeError, PrefectException) as error:
        # Parameters or a deployment that somebody made by hand: nothing was started.
        await client.set_flow_run_state(run.id, Failed(message=f"It could not be started: {error}"))
