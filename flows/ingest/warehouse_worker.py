"""`python -m flows.ingest.warehouse_worker`: the warm process that holds the warehouse; runs of the pool `warehouse`.

An ordinary process worker starts an interpreter and imports Prefect and dlt for each run: seconds before a webhook's
object is even looked at. This one has them loaded. It takes one run at a time, since the warehouse has one writer, and
there is one such process for an installation. It needs no gateway key. SIGTERM and SIGINT let the run under way end.

It looks for work when somebody who asked for it rang (counterfoil/turns.py), and every second by itself.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from filelock import FileLock, Timeout
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, WorkPoolFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import OrchestrationResult, SetStateStatus
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import PrefectException
from prefect.states import Pending

from counterfoil.paths import Paths
from counterfoil.settings import Settings, SettingsInvalid, load_settings
from counterfoil.turns import Turn, beat_of
from flows.actions.claims import take_over
from flows.actions.client import quick_client
from flows.actions.running import Flows, run_here
from flows.ingest.asking import REFRESH
from flows.ingest.warming import warm_up

POOL = "warehouse"
NAME = "warehouse-1"
POLL_S = 1.0
LOOK_S = 0.05
BEAT_S = 10.0
logger = logging.getLogger("counterfoil.warehouse")


class WarehouseWorker:
    """Takes the runs of its pool one after another."""

    def __init__(self, paths: Paths) -> None:
        self._bell = Turn(paths, REFRESH).bell
        self._beat_file = beat_of(paths)
        self._beat_file.parent.mkdir(parents=True, exist_ok=True)
        self._stop = threading.Event()
        self._flows = Flows()
        self._client: PrefectClient
        self._rung_at = 0.0
        self._is_idle_until = 0.0

    async def serve(self) -> None:
        """Work until `stop`; the run under way is finished. A server that is away is waited for."""
        async with quick_client() as context:
            self._client = context.client
            beating = asyncio.create_task(self._beat())
            is_first = True
            while not self._stop.is_set():
                if is_first and await self._tolerated(self._take_over_what_was_left):
                    is_first = False
                    self._beat_file.touch()
                    print("Warehouse worker is ready.", flush=True)
                elif not is_first and self._is_time_to_look():
                    await self._tolerated(self._work_off)
                await asyncio.sleep(POLL_S if is_first else LOOK_S)
            beating.cancel()

    def stop(self) -> None:
        """Take nothing new."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Whether it was told to stop; it does not end by itself."""
        return self._stop.is_set()

    def _is_time_to_look(self) -> bool:
        rung_at = self._bell.stat().st_mtime if self._bell.exists() else 0.0
        if rung_at == self._rung_at and time.monotonic() < self._is_idle_until:
            return False
        self._rung_at = rung_at
        self._is_idle_until = time.monotonic() + POLL_S
        return True

    async def _work_off(self) -> None:
        while not self._stop.is_set() and (found := await self._runs("SCHEDULED", is_due=True)):
            run = found[0]
            answer: OrchestrationResult[Any] = await self._client.set_flow_run_state(
                run.id, Pending(message=f"Claimed by {NAME}")
            )
            if answer.status == SetStateStatus.ACCEPT:
                run.state = answer.state
                await run_here(self._client, self._flows, run)

    async def _take_over_what_was_left(self) -> None:
        """There is one worker of this pool, and it has just started: what is under way is nobody's."""
        for run in await self._runs("PENDING", "RUNNING", "CANCELLING"):
            await take_over(self._client, run, "Taken over from a worker that ended.")

    async def _runs(self, *types: str, is_due: bool = False) -> list[FlowRun]:
        chosen: dict[str, object] = {"state": {"type": {"any_": list(types)}}}
        if is_due:
            chosen["next_scheduled_start_time"] = {"before_": datetime.now(UTC)}
        return await self._client.read_flow_runs(
            flow_run_filter=FlowRunFilter.model_validate(chosen),
            work_pool_filter=WorkPoolFilter.model_validate({"name": {"any_": [POOL]}}),
            sort=FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC,
            limit=20,
        )

    async def _beat(self) -> None:
        """What Prefect's pages show as the pool's worker."""
        while True:
            await self._tolerated(lambda: self._client.send_worker_heartbeat(POOL, NAME, BEAT_S))
            await asyncio.sleep(BEAT_S)

    async def _tolerated(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Whether it worked. A server that is busy, restarting or away is no reason to end."""
        try:
            await work()
        except (httpx.HTTPError, PrefectException, OSError, ValueError) as error:
            logger.warning("Prefect's server: %s: %s", type(error).__name__, error)
            return False
        return True


def main() -> int:
    """Run until SIGTERM or SIGINT; return the exit code."""
    try:
        settings = load_settings()
    except SettingsInvalid as error:
        print(error, file=sys.stderr)
        return 2
    os.environ.setdefault("PREFECT_API_URL", settings.prefect.api_url)
    paths = Paths(settings.var_dir)
    paths.var.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.var / "warehouse-worker.lock")
    try:
        with lock.acquire(timeout=0):
            return _serve(settings, paths)
    except Timeout:
        print(f"Another warehouse worker has {lock.lock_file}; an installation has one.", file=sys.stderr)
        return 2


def _serve(settings: Settings, paths: Paths) -> int:
    warm_up(settings)
    worker = WarehouseWorker(paths)
    faulthandler.register(signal.SIGUSR1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    # Beside the main thread, where Prefect would take the signal for itself and crash the run.
    thread = threading.Thread(target=lambda: asyncio.run(worker.serve()), name="warehouse")
    thread.start()
    thread.join()
    return 0 if worker.is_stopped else 1


if __name__ == "__main__":
    sys.exit(main())
