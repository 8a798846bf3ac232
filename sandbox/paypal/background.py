"""What goes on while nobody asks: webhooks are delivered, pending refunds settle."""

import asyncio
import contextlib
import time

import httpx

from sandbox.paypal import refunds
from sandbox.paypal.certificates import Signer
from sandbox.paypal.change import Change
from sandbox.paypal.settings import Settings
from sandbox.paypal.store import Store
from sandbox.paypal.webhooks import headers
from sandbox.stripe.wire import dump

POLL_SECONDS = 0.2
TIMEOUT = 10.0


class Background:
    """One task beside the requests. `url` and `webhook_id` can be changed while it runs."""

    def __init__(self, store: Store, settings: Settings, signer: Signer) -> None:
        self.store = store
        self.url = settings.webhook_url
        self.webhook_id = settings.webhook_id
        self.delays = settings.webhook_delays
        self.settle_after = settings.settle_after
        self.api_base = ""
        self._signer = signer
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

    def signed(self, event: str) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of one delivery of an event."""
        found = self.store.get("event", event)
        body = dump(found.shown if found else {})
        return body, headers(body, self._signer, self.webhook_id, self.api_base)

    async def _run(self) -> None:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            while True:
                if self.settle_after is not None:
                    settle_due(self.store, self.store.clock.now() - self.settle_after)
                await self._deliver_due(client)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
                self._woken.clear()

    async def _deliver_due(self, client: httpx.AsyncClient) -> None:
        # Until somebody called, the stand-in does not know at which address its certificate can be had.
        if self.url is None or not self.api_base:
            return
        query = (
            "SELECT event, attempts FROM deliveries WHERE state = 'waiting' AND due_at <= ? "
            "ORDER BY due_at, rowid LIMIT 50"
        )
        for event, attempts in self.store.db.execute(query, (time.time(),)).fetchall():
            is_taken = await self._post(client, event)
            state = "delivered" if is_taken else "waiting" if attempts < len(self.delays) else "given up"
            due_at = time.time() + self.delays[min(attempts, len(self.delays) - 1)]
            with self.store.db as db:
                update = "UPDATE deliveries SET attempts = ?, due_at = ?, state = ? WHERE event = ?"
                db.execute(update, (attempts + 1, due_at, state, event))

    async def _post(self, client: httpx.AsyncClient, event: str) -> bool:
        body, signed = self.signed(event)
        try:
            answer = await client.post(
                self.url or "", content=body, headers={"Content-Type": "application/json", **signed}
            )
        except httpx.HTTPError:
            return False
        return answer.is_success


def settle_due(store: Store, limit: float, wanted: str | None = None, *, failed: bool = False) -> list[str]:
    """Bring pending refunds that were made up to `limit` (seconds) to their end; returns their ids."""
    due = [
        entry.wanted
        for entry in store.all("refund")
        if entry.shown["status"] == "PENDING" and entry.at <= limit and wanted in {None, entry.wanted}
    ]
    for one in due:
        change = Change(store)
        refund = change.get("refund", one)
        if refund is not None:
            refunds.settle(change, refund, failed=failed)
            change.commit()
    return due
