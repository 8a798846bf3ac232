"""What goes on while nobody asks: webhooks are delivered, what was submitted settles."""

import asyncio
import contextlib
import time

import httpx

from sandbox.braintree.notifications import form
from sandbox.braintree.settings import Settings
from sandbox.braintree.store import Store
from sandbox.braintree.writes import settle
from sandbox.braintree.writing import change_of

POLL_SECONDS = 0.2
TIMEOUT = 10.0


class Background:
    """One task beside the requests. `url` can be changed while it runs."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.url = settings.webhook_url
        self._started = store.clock.now()
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
        if self.settings.settle_after is None:
            return
        now = self.store.clock.now()
        for wanted in waiting(self.store):
            last = self.store.objects["transaction"][wanted]["status_history"][-1]["timestamp"]
            if last <= _text(now - self.settings.settle_after):
                settle_one(self.store, wanted, "settled")

    async def _deliver_due(self, client: httpx.AsyncClient) -> None:
        if self.url is None:
            return
        query = "SELECT seq, payload, attempts FROM deliveries WHERE state = 'waiting' AND due_at <= ? ORDER BY seq"
        for seq, text, attempts in self.store.db.execute(query, (time.time(),)).fetchall():
            await self._deliver(client, seq, text, attempts)

    async def _deliver(self, client: httpx.AsyncClient, seq: int, text: str, attempts: int) -> None:
        is_taken = await self._post(client, text)
        delays = self.settings.webhook_delays
        state = "delivered" if is_taken else ("given up" if attempts >= len(delays) else "waiting")
        due_at = time.time() + delays[min(attempts, len(delays) - 1)]
        with self.store.db as db:
            update = "UPDATE deliveries SET attempts = ?, due_at = ?, state = ? WHERE seq = ?"
            db.execute(update, (attempts + 1, due_at, state, seq))

    async def _post(self, client: httpx.AsyncClient, text: str) -> bool:
        fields = form(self.settings.public_key, self.settings.private_key, text)
        try:
            answer = await client.post(self.url or "", data=fields)
        except httpx.HTTPError:
            return False
        return answer.is_success


def waiting(store: Store) -> list[str]:
    """Ids of the transactions that were submitted and have not settled."""
    found = store.objects["transaction"].values()
    return [made["id"] for made in found if made["status"] in ("submitted_for_settlement", "settling")]


def settle_one(store: Store, wanted: str, status: str) -> bool:
    """Settle one transaction, or let it fail."""
    made = settle(store, wanted, status)
    if made is not None:
        store.commit(change_of(store, made))
    return made is not None


def _text(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
