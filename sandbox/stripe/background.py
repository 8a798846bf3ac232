"""What goes on while nobody asks: webhooks are delivered, pending refunds settle."""

import asyncio
import contextlib
import time

import httpx

from sandbox.stripe import refunds
from sandbox.stripe.settings import Settings
from sandbox.stripe.store import Store
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.webhooks import sign

POLL_SECONDS = 0.2
TIMEOUT = 10.0


class Background:
    """One task beside the requests. `url` and `secret` can be changed while it runs."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.url = settings.webhook_url
        self.secret = settings.webhook_secret
        self.delays = settings.webhook_delays
        self.settle_after = settings.settle_after
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
        if self.settle_after is None:
            return
        limit = self.store.clock.now() - self.settle_after
        for refund in self.store.every("refund", _open="true"):
            if refund["created"] <= limit:
                settle_or_fail(self.store, refund["id"])

    async def _deliver_due(self, client: httpx.AsyncClient) -> None:
        if self.url is None:
            return
        query = (
            "SELECT event, attempts FROM deliveries WHERE state = 'waiting' AND due_at <= ? "
            "ORDER BY due_at, rowid LIMIT 50"
        )
        for event, attempts in self.store.db.execute(query, (time.time(),)).fetchall():
            await self._deliver(client, event, attempts)

    async def _deliver(self, client: httpx.AsyncClient, event: str, attempts: int) -> None:
        is_taken = await self._post(client, event)
        state = "delivered" if is_taken else "waiting"
        if not is_taken and attempts >= len(self.delays):
            state = "given up"
        due_at = time.time() + self.delays[min(attempts, len(self.delays) - 1)]
        with self.store.db as db:
            update = "UPDATE deliveries SET attempts = ?, due_at = ?, state = ? WHERE event = ?"
            db.execute(update, (attempts + 1, due_at, state, event))

    async def _post(self, client: httpx.AsyncClient, event: str) -> bool:
        body = self.store.tables["event"].raw[event]
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0"}
        headers["Stripe-Signature"] = sign(body, self.secret, int(time.time()))
        try:
            answer = await client.post(self.url or "", content=body, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.is_success


def settle_or_fail(store: Store, wanted: str, outcome: str | None = None) -> bool:
    """Bring an open refund to its end: as its charge decides, or as `outcome` (succeeded or failed) says."""
    tx = Transaction(store)
    refund = tx.get("refund", wanted)
    if refund is None or refund["status"] in ("failed", "canceled"):
        return False
    charge = tx.get("charge", refund["charge"])
    is_failing = refunds.will_fail(charge) if charge and outcome is None else outcome == "failed"
    if is_failing:
        refunds.fail(tx, refund, "lost_or_stolen_card")
    elif refund["status"] == "pending":
        refunds.settle(tx, refund)
    else:
        return False
    tx.commit()
    return True
