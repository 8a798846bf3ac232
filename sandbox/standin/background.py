"""What goes on while nobody asks: webhooks are delivered, pending refunds settle."""

import asyncio
import contextlib
import time

import httpx
import orjson

from sandbox.standin.api import Api
from sandbox.standin.settings import Settings

POLL_SECONDS = 0.2
TIMEOUT = 10.0


class Background:
    """One task beside the requests. `url` and `secret` can be changed while it runs."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self.api = api
        self.url = settings.webhook_url
        self.secret = settings.webhook_secret
        self.delays = settings.webhook_delays
        self.settle_after = settings.settle_after
        self._settled_at = time.monotonic()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

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
                self._settle_due()
                await self._deliver_due(client)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
                self._woken.clear()

    def _settle_due(self) -> None:
        """All open refunds each `settle_after` seconds."""
        if self.settle_after is not None and time.monotonic() - self._settled_at >= self.settle_after:
            self._settled_at = time.monotonic()
            self.api.settle(None, None)

    async def _deliver_due(self, client: httpx.AsyncClient) -> None:
        if self.url is None:
            return
        due = "SELECT seq, body, attempts FROM events WHERE state = 'waiting' AND due_at <= ? ORDER BY seq LIMIT 50"
        for seq, body, attempts in self.api.store.db.execute(due, (time.time(),)).fetchall():
            is_taken = await self._post(client, {**orjson.loads(body), "seq": seq})
            state = "delivered" if is_taken else "waiting" if attempts < len(self.delays) else "given up"
            due_at = time.time() + self.delays[min(attempts, len(self.delays) - 1)]
            with self.api.store.db as db:
                update = "UPDATE events SET attempts = ?, due_at = ?, state = ? WHERE seq = ?"
                db.execute(update, (attempts + 1, due_at, state, seq))

    async def _post(self, client: httpx.AsyncClient, event: dict[str, object]) -> bool:
        body, headers = self.api.message(event, self.secret)
        try:
            answer = await client.post(self.url or "", content=body, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.is_success
