"""Which runs there are to do, taking one for oneself, and taking over what a dead worker left.

SCHEDULED -> PENDING is the claim: Prefect's server lets exactly one through. The claim's message names the owner, so
that who owns a run is read from the record, never from memory.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, WorkPoolFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import OrchestrationResult, SetStateStatus
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import AwaitingRetry, Pending

from flows.actions.lease import Owner, claim_text, is_dead_here, owner_in

POOL = "actions"
_UNDER_WAY = ["PENDING", "RUNNING", "CANCELLING"]


async def due_runs(client: PrefectClient, limit: int, now: datetime) -> list[FlowRun]:
    """Scheduled runs of the pool whose time has come, oldest first. Reads only, so it never waits for a writer."""
    chosen = {"state": {"type": {"any_": ["SCHEDULED"]}}, "next_scheduled_start_time": {"before_": now}}
    return await client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate(chosen),
        work_pool_filter=_pool(),
        sort=FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC,
        limit=limit,
    )


async def claimed(client: PrefectClient, run: FlowRun, owner: Owner) -> bool:
    """Try to take a run. Only the answer's status counts: some ABORTs come with HTTP 201."""
    answer: OrchestrationResult[Any] = await client.set_flow_run_state(run.id, Pending(message=claim_text(owner)))
    if answer.status != SetStateStatus.ACCEPT:
        return False
    run.state = answer.state
    return True


async def runs_under_way(client: PrefectClient) -> list[FlowRun]:
    """Runs of the pool that some worker has, or had."""
    chosen = {"state": {"type": {"any_": _UNDER_WAY}}}
    return await client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate(chosen), work_pool_filter=_pool(), limit=200
    )


async def take_over(client: PrefectClient, run: FlowRun, why: str) -> None:
    """Put a run that nobody works on back into the queue: same id, its history kept.

    One that is being cancelled is forced: Prefect would let it end as Cancelled only, and money may have moved.
    """
    state: Any = AwaitingRetry(scheduled_time=datetime.now(UTC), message=why)
    is_cancelling = run.state is not None and run.state.is_cancelling()
    await client.set_flow_run_state(run.id, state, force=is_cancelling)


async def is_as_listed(client: PrefectClient, run: FlowRun) -> bool:
    """Whether a run is still in the state in which it was listed. A list is old when it arrives: the run may have been
    suspended since, and taking it over then would start it again without its approval."""
    now = await client.read_flow_run(run.id)
    return now.state is not None and run.state is not None and now.state.id == run.state.id


async def owner_of(client: PrefectClient, run_id: UUID) -> Owner | None:
    """Who claimed a run last, from its states; None where no worker of ours did."""
    claims = [state for state in await client.read_flow_run_states(run_id) if state.message]
    owners = [owner_in(str(state.message)) for state in sorted(claims, key=lambda state: state.timestamp)]
    return next((owner for owner in reversed(owners) if owner is not None), None)


async def heartbeats(client: PrefectClient) -> dict[str, datetime]:
    """When each slot was last heard of, by the server's clock."""
    workers = await client.read_workers_for_work_pool(POOL, limit=200)
    return {one.name: one.last_heartbeat_time for one in workers if one.last_heartbeat_time is not None}


def is_dead(owner: Owner, folder: Path, beats: dict[str, datetime], *, lease: timedelta, now: datetime) -> bool:
    """Whether an owner is gone: by its lock on this host at once, else by a silence of one lease.

    A process that hangs keeps its lock; it is silent, and when it wakes up it finds its lease lost and sends nothing.
    """
    if is_dead_here(folder, owner):
        return True
    last = beats.get(owner.slot)
    return last is None or now - last > lease


def _pool() -> WorkPoolFilter:
    return WorkPoolFilter.model_validate({"name": {"any_": [POOL]}})
