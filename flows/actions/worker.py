"""`python -m flows.actions.worker`: the process that carries actions out.

Reads COUNTERFOIL_SETTINGS, PREFECT_API_URL and the gateways' keys. SIGTERM and SIGINT drain: nothing new is taken, what
was begun is finished. The loop runs beside the main thread, where Prefect would take the signal for itself and crash
the runs.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from counterfoil.paths import Paths
from counterfoil.secrets import SecretMissing
from counterfoil.settings import Settings, SettingsInvalid, load_settings
from flows.actions import carry_out  # noqa: F401 - kept warm: importing it later would delay the first click
from flows.actions.desk import build_desk
from flows.actions.lease import NoSlot, take_slot
from flows.actions.pool_worker import ActionsWorker


class Running:
    """The worker in its thread; `stop` may be called from any other."""

    def __init__(self, settings: Settings, api_url: str) -> None:
        self._settings = settings
        self._api_url = api_url
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: ActionsWorker | None = None
        self.is_drained = False
        self.thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="actions")

    async def _main(self) -> None:
        slot = take_slot(Paths(self._settings.var_dir).journal)
        desk = build_desk(self._settings, slot, self._api_url)
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(self._settings.actions.concurrency + 4, "action"))
        self._worker = ActionsWorker(desk)
        self._ready.set()
        await self._worker.serve()
        desk.accounts.close()
        desk.journal.close()
        slot.release()
        self.is_drained = True

    def stop(self) -> None:
        """Drain and end."""
        while self.thread.is_alive() and not self._ready.wait(0.1):
            continue
        if self._loop is not None and self._worker is not None:
            self._loop.call_soon_threadsafe(self._worker.stop)


def main() -> int:
    """Run until SIGTERM or SIGINT; return the exit code."""
    logging.getLogger("counterfoil").setLevel(logging.INFO)
    try:
        settings = load_settings()
    except (SettingsInvalid, SecretMissing, NoSlot) as error:
        print(error, file=sys.stderr)
        return 2
    running = Running(settings, os.environ.setdefault("PREFECT_API_URL", settings.prefect.api_url))
    # `kill -USR1` prints where every thread stands: the first question about a worker that hangs.
    faulthandler.register(signal.SIGUSR1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.stop())
    running.thread.start()
    running.thread.join()
    return 0 if running.is_drained else 1


if __name__ == "__main__":
    sys.exit(main())
