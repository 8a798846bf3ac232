"""The warm worker of the pool `actions`: flows run in its own process, so a click does not wait for an interpreter.

Prefect's `BaseWorker` gives registration, pool and page in its UI. The loops are our own: its polling backs off for
seconds when SQLite is busy, and it starts about five calls before a run begins.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import PrefectException
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from counterfoil.batch_queue import FEEDS_TAG
from flows.actions import faults
from flows.actions.claims import (
    POOL,
    claimed,
    due_runs,
    heartbeats,
    is_as_listed,
    is_dead,
    owner_of,
    runs_under_way,
    take_over,
)
from flows.actions.client import quick_client
from flows.actions.desk import Desk
from flows.actions.nudge import NudgeServer
from flows.actions.running import Flows, run_here

LONGEST_PAUSE_S = 0.5
DRAIN_S = 60.0
logger = logging.getLogger("counterfoil.actions")


class ActionsWorker(BaseWorker[BaseJobConfiguration, BaseVariables, BaseWorkerResult]):
    """Claims runs and carries them out side by side, up to `actions.concurrency` of the settings."""

    type = "counterfoil-actions"
    job_configuration = BaseJobConfiguration

    def __init__(self, desk: Desk) -> None:
        super().__init__(work_pool_name=POOL, name=desk.owner.slot)
        self._desk = desk
        self._flows = Flows()
        self._mine: dict[UUID, asyncio.Task[None]] = {}
        self._feeding: set[UUID] = set()
        """Those of mine that only feed others into the queue."""
        self._woken = asyncio.Event()
        self._stop = asyncio.Event()
        self._nudged: list[str] = []
        self._quick: PrefectClient

    async def serve(self) -> None:
        """Work until `stop`; then finish what was begun. Unlike `start` of Prefect, errors never end it."""
        await self._await_server()
        nudges = NudgeServer(self._desk.settings.actions.nudge_port, self._nudge)
        async with quick_client() as context, self:
            self._quick = context.client
            if not await nudges.start():
                logger.warning("The nudge port is taken; this worker finds its work by polling alone.")
            beating = asyncio.create_task(self._beat())
            taking = asyncio.create_task(self._every(self._desk.settings.actions.lease_s / 6, self._take_over_dead))
            print(f"Action worker {self._desk.owner} is ready.", flush=True)
            await self._work()
            await nudges.stop()
            taking.cancel()
            await self._drain()
            beating.cancel()

    async def _await_server(self) -> None:
        """Both may be started at once."""
        while not self._stop.is_set():
            async with get_client() as client:
                trouble = await client.api_healthcheck()
            if trouble is None:
                return
            logger.info("Waiting for Prefect's server: %s", trouble)
            await asyncio.sleep(LONGEST_PAUSE_S)

    def stop(self) -> None:
        """Take nothing new; call it in the worker's own loop."""
        self._desk.stopping.set()
        self._stop.set()
        self._woken.set()

    async def run(self, *_: Any, **__: Any) -> BaseWorkerResult:
        """Part of Prefect's interface, for its own loops, which this worker does not use."""
        raise RuntimeError("ActionsWorker runs flows in its own process; use serve().")

    def _nudge(self, run_id: str | None) -> None:
        if run_id:
            self._nudged.append(run_id)
        self._woken.set()

    async def _work(self) -> None:
        pause_s = min(self._desk.settings.actions.poll_s, LONGEST_PAUSE_S)
        while not self._stop.is_set():
            self._woken.clear()
            await self._tolerated(self._take_what_is_due())
            try:
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _take_what_is_due(self) -> None:
        # A batch waits for its own items most of the time: if it took their place, they would wait for each other.
        free = self._desk.settings.actions.concurrency - len(self._mine.keys() - self._feeding)
        if free <= 0 or not self._desk.lease.is_held():
            return
        nudged, self._nudged = self._nudged[:free], self._nudged[free:]
        found = await self._read_nudged(nudged) if nudged else await due_runs(self._quick, free, datetime.now(UTC))
        for run in found[:free]:
            if run.id not in self._mine:
                if FEEDS_TAG in run.tags:
                    self._feeding.add(run.id)
                self._mine[run.id] = asyncio.create_task(self._carry(run))
                self._mine[run.id].add_done_callback(lambda task, run_id=run.id: self._done(run_id, task))  # type: ignore[misc]

    async def _read_nudged(self, run_ids: list[str]) -> list[FlowRun]:
        """The runs that nudges named, where they are of this pool and wait: one read instead of a search."""
        self._woken.set()
        runs = [await self._quick.read_flow_run(UUID(run_id)) for run_id in run_ids]
        return [run for run in runs if run.work_pool_name == POOL and run.state and run.state.is_scheduled()]

    async def _carry(self, run: FlowRun) -> None:
        faults.point("before_claim")
        if await claimed(self._quick, run, self._desk.owner):
            faults.point("after_claim")
            await run_here(self._quick, self._flows, run)

    def _done(self, run_id: UUID, task: asyncio.Task[None]) -> None:
        self._mine.pop(run_id, None)
        self._feeding.discard(run_id)
        self._woken.set()
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # The run keeps its state; if it was claimed, it is taken over like that of a dead worker.
            logger.warning("The run %s was not finished here: %s: %s", run_id, type(error).__name__, error)

    async def _take_over_dead(self) -> None:
        runs = [run for run in await runs_under_way(self._quick) if run.id not in self._mine]
        if not runs:
            return
        beats = await heartbeats(self._quick)
        lease = timedelta(seconds=self._desk.settings.actions.lease_s)
        for run in runs:
            owner = await owner_of(self._quick, run.id)
            now = datetime.now(UTC)
            if owner is None:
                is_left = run.state is not None and now - run.state.timestamp > lease
            elif owner == self._desk.owner:
                is_left = run.id not in self._mine
            else:
                is_left = is_dead(owner, self._desk.paths.journal, beats, lease=lease, now=now)
            if is_left and run.id not in self._mine and await is_as_listed(self._quick, run):
                await take_over(self._quick, run, f"Taken over from {owner or 'nobody'}.")
                self._woken.set()

    async def _beat(self) -> None:
        """Renew the lease. What counts is when a heartbeat was sent, not when its answer came."""
        while True:
            sent_at = time.monotonic()
            if await self._tolerated(self._heartbeat()):
                self._desk.lease.renewed(sent_at)
            await asyncio.sleep(min(self._desk.settings.actions.lease_s / 6, 10.0))

    async def _heartbeat(self) -> None:
        await self._quick.send_worker_heartbeat(
            POOL, self.name, heartbeat_interval_seconds=max(1, round(self._desk.settings.actions.lease_s))
        )

    async def _every(self, seconds: float, work: Any) -> None:
        while True:
            await self._tolerated(work())
            await asyncio.sleep(seconds)

    async def _tolerated(self, work: Coroutine[Any, Any, None]) -> bool:
        """Whether it worked. A server that is busy, restarting or away is no reason to end."""
        try:
            await work
        except (httpx.HTTPError, PrefectException, OSError, ValueError) as error:
            logger.warning("Prefect's server: %s: %s", type(error).__name__, error)
            return False
        return True

    async def _drain(self) -> None:
        """Finish what was begun, within bounds."""
        if self._mine:
            await asyncio.wait(list(self._mine.values()), timeout=DRAIN_S)
