"""What goes on while nobody asks: webhooks are delivered, pending refunds settle."""

import asyncio
import contextlib
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import httpx
import orjson

from sandbox.standin.api import Api
from sandbox.standin.settings import Settings

POLL_SECONDS = 0.2
TIMEOUT = 10.0
AT_ONCE = 50


class Rounds(ABC):
    """One task beside the requests. `url` can be changed while it runs.

    A table with the columns `attempts`, `due_at`, `state` and a key says what is to be delivered.
    """

    table = "deliveries"
    key = "event"

    def __init__(self, db: sqlite3.Connection, url: str | None, delays: tuple[float, ...]) -> None:
        self.url = url
        self._db = db
        self._delays = delays
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    def settle_due(self) -> None:
        """Settle what settles by itself by now."""

    @abstractmethod
    def message(self, wanted: str) -> tuple[bytes, dict[str, str]]:
        """Body and headers of one delivery, signed now."""

    def can_deliver(self) -> bool:
        """Whether there is an address to deliver to."""
        return self.url is not None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Something may be due now."""
        self._woken.set()

    async def stop(self) -> None:
        """End; what was not delivered stays due."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            while True:
                self.settle_due()
                if self.can_deliver():
                    await self._deliver_due(client)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
                self._woken.clear()

    async def _deliver_due(self, client: httpx.AsyncClient) -> None:
        due = (
            f"SELECT {self.key}, attempts FROM {self.table} WHERE state = 'waiting' AND due_at <= ? "
            f"ORDER BY due_at, rowid LIMIT {AT_ONCE}"
        )
        note = f"UPDATE {self.table} SET attempts = ?, due_at = ?, state = ? WHERE {self.key} = ?"
        for wanted, attempts in self._db.execute(due, (time.time(),)).fetchall():
            is_taken = await self._post(client, wanted)
            state = "delivered" if is_taken else "waiting" if attempts < len(self._delays) else "given up"
            due_at = time.time() + self._delays[min(attempts, len(self._delays) - 1)]
            with self._db as db:
                db.execute(note, (attempts + 1, due_at, state, wanted))

    async def _post(self, client: httpx.AsyncClient, wanted: str) -> bool:
        body, headers = self.message(wanted)
        try:
            answer = await client.post(self.url or "", content=body, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.is_success


async def live(rounds: Rounds, close: Callable[[], None], receive: Any, send: Any) -> None:
    """The lifespan of an ASGI application: make rounds from its start to its end, then close its books."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            rounds.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await rounds.stop()
            close()
            await send({"type": "lifespan.shutdown.complete"})
            return


class Background(Rounds):
    """The rounds of a stand-in whose books are `sandbox.standin.store`. `secret` can be changed too."""

    table = "events"
    key = "seq"

    def __init__(self, api: Api, settings: Settings) -> None:
        super().__init__(api.store.db, settings.webhook_url, settings.webhook_delays)
        self.secret = settings.webhook_secret
        self._api = api
        self._settle_after = settings.settle_after
        self._settled_at = time.monotonic()

    def settle_due(self) -> None:
        """All open refunds each `settle_after` seconds."""
        if self._settle_after is not None and time.monotonic() - self._settled_at >= self._settle_after:
            self._settled_at = time.monotonic()
            self._api.settle(None, None)

    def message(self, wanted: str) -> tuple[bytes, dict[str, str]]:
        """As the gateway writes it."""
        (body,) = self._db.execute("SELECT body FROM events WHERE seq = ?", (wanted,)).fetchone()
        return self._api.message({**orjson.loads(body), "seq": wanted}, self.secret)
