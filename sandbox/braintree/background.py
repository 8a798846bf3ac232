"""What goes on while nobody asks: webhooks are delivered, what was submitted settles."""

import time
from urllib.parse import urlencode

from sandbox.braintree.notifications import form
from sandbox.braintree.payments import settle
from sandbox.braintree.settings import Settings
from sandbox.braintree.store import Store
from sandbox.braintree.writing import change_of
from sandbox.standin.background import Rounds


class Background(Rounds):
    """The rounds of one sandbox."""

    key = "seq"

    def __init__(self, store: Store, settings: Settings) -> None:
        super().__init__(store.db, settings.webhook_url, settings.webhook_delays)
        self.store = store
        self.settings = settings

    def settle_due(self) -> None:
        """What was submitted `settle_after` seconds ago."""
        if self.settings.settle_after is None:
            return
        now = self.store.clock.now()
        for wanted in waiting(self.store):
            last = self.store.objects["transaction"][wanted]["status_history"][-1]["timestamp"]
            if last <= _text(now - self.settings.settle_after):
                settle_one(self.store, wanted, "settled")

    def message(self, wanted: str) -> tuple[bytes, dict[str, str]]:
        """A notification as Braintree posts it: a form."""
        (text,) = self.store.db.execute("SELECT payload FROM deliveries WHERE seq = ?", (wanted,)).fetchone()
        fields = form(self.settings.public_key, self.settings.private_key, text)
        return urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}


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
