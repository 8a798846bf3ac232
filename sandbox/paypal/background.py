"""What goes on while nobody asks: webhooks are delivered, pending refunds settle."""

from sandbox.paypal import refunds
from sandbox.paypal.certificates import Signer
from sandbox.paypal.change import Change
from sandbox.paypal.settings import Settings
from sandbox.paypal.store import Store
from sandbox.paypal.webhooks import headers
from sandbox.standin.background import Rounds
from sandbox.stripe.wire import dump


class Background(Rounds):
    """The rounds of one stand-in. `url` and `webhook_id` can be changed while it runs."""

    def __init__(self, store: Store, settings: Settings, signer: Signer) -> None:
        super().__init__(store.db, settings.webhook_url, settings.webhook_delays)
        self.store = store
        self.webhook_id = settings.webhook_id
        self.api_base = ""
        self._settle_after = settings.settle_after
        self._signer = signer

    def settle_due(self) -> None:
        """Pending refunds that are `settle_after` seconds old."""
        if self._settle_after is not None:
            settle_due(self.store, self.store.clock.now() - self._settle_after)

    def can_deliver(self) -> bool:
        """Until somebody called, the stand-in does not know at which address its certificate can be had."""
        return super().can_deliver() and bool(self.api_base)

    def message(self, wanted: str) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of one delivery of an event."""
        found = self.store.get("event", wanted)
        body = dump(found.shown if found else {})
        signed = headers(body, self._signer, self.webhook_id, self.api_base)
        return body, {"Content-Type": "application/json", **signed}


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
