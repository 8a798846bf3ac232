"""What goes on while nobody asks: webhooks are delivered, pending refunds settle."""

import time

from sandbox.standin.background import Rounds
from sandbox.stripe import payments, refunds
from sandbox.stripe.settings import Settings
from sandbox.stripe.store import Store
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.webhooks import sign


class Background(Rounds):
    """The rounds of one sandbox. `url` and `secret` can be changed while it runs."""

    def __init__(self, store: Store, settings: Settings) -> None:
        super().__init__(store.db, settings.webhook_url, settings.webhook_delays)
        self.store = store
        self.secret = settings.webhook_secret
        self._settle_after = settings.settle_after

    def settle_due(self) -> None:
        """Open refunds that are `settle_after` seconds old."""
        if self._settle_after is None:
            return
        limit = self.store.clock.now() - self._settle_after
        for refund in self.store.every("refund", _open="true"):
            if refund["created"] <= limit:
                settle_or_fail(self.store, refund["id"])
        for intent in self.store.every("payment_intent", _open="true"):
            if intent["created"] <= limit:
                settle_payment(self.store, intent["id"])

    def message(self, wanted: str) -> tuple[bytes, dict[str, str]]:
        """An event as Stripe posts it."""
        body = self.store.tables["event"].raw[wanted]
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0"}
        return body, {**headers, "Stripe-Signature": sign(body, self.secret, int(time.time()))}


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


def settle_payment(store: Store, wanted: str, outcome: str | None = None) -> bool:
    """Bring a debit that is on its way to its end, as `outcome` (succeeded or failed) says; it succeeds by itself."""
    tx = Transaction(store)
    intent = tx.get("payment_intent", wanted)
    if intent is None or intent["status"] != "processing":
        return False
    payments.settle(tx, intent, succeeds=outcome != "failed")
    tx.commit()
    return True
