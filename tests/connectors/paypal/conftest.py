"""A small PayPal stand-in whose every exchange is held to PayPal's own documents, and payments nobody has used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.gateway import AccountAccess
from connectors.gateways.paypal.act import PayPalActor
from connectors.gateways.paypal.read import PayPalReader
from connectors.money import Money
from sandbox.paypal.money import counted
from sandbox.paypal.running import Running, running
from sandbox.paypal.settings import Settings
from sandbox.stripe.settings import Scope
from tests.connectors.paypal.official import FOLDER, Official, Recorder
from tests.connectors.scenes import PATIENT_S

KEY = "sandbox-client:sandbox-secret"
SCOPE = Scope(seed=7, months=12, scale="small", today=datetime.now(UTC).date())
"""For what reads a whole account."""
USABLE_SECONDS = 170 * 86_400


class Till:
    """Hands out payments of the stand-in, each only once, and knows its books."""

    def __init__(self, pay: Running) -> None:
        self.pay = pay
        self._given: set[str] = set()

    def take(self, currency: str = "EUR", *, from_bank: bool = False, of_order: bool = True) -> str:
        """A payment of at least 500 smallest amounts of which nothing was refunded."""
        store = self.pay.app.store
        oldest = store.clock.now() - USABLE_SECONDS
        for entry in store.all("capture"):
            hidden, amount = entry.hidden, entry.shown["amount"]
            is_free = entry.shown["status"] == "COMPLETED" and not hidden["refunded"] and "case" not in hidden
            is_wanted = bool(hidden.get("from_bank")) == from_bank and ("order" in hidden) == of_order
            if not (is_free and is_wanted and amount["currency_code"] == currency and counted(amount) >= 500):
                continue
            if entry.at > oldest and entry.wanted not in self._given:
                self._given.add(entry.wanted)
                return entry.wanted
        raise LookupError(f"no unused payment in {currency}")

    def first(self, status: str, *, kind: str = "capture", **hidden: object) -> str:
        """Any capture or authorization in a state."""
        for entry in self.pay.app.store.all(kind):
            if entry.shown["status"] == status and hidden.items() <= entry.hidden.items():
                return entry.wanted
        raise LookupError(f"no {kind} is {status}")

    def amount(self, capture_id: str) -> Money:
        """What was paid."""
        return self._book(capture_id, "captured")

    def refunded(self, capture_id: str) -> Money:
        """What the books say was given back."""
        return self._book(capture_id, "refunded")

    def _book(self, capture_id: str, name: str) -> Money:
        found = self.pay.control("GET", "books")["charges"][capture_id]
        return Money(found[name], found["currency"])


@pytest.fixture(scope="session")
def pay() -> Iterator[Running]:
    """The stand-in. At its end everything that was asked and answered must be as PayPal documents it."""
    recorders: list[Recorder] = []

    def around(app: object) -> Recorder:
        recorders.append(Recorder(app))
        return recorders[0]

    with running(None, replace(SCOPE, scale="full"), Settings(), around) as found:
        yield found
    if FOLDER.is_dir():
        official = Official()
        faults = [fault for exchange in recorders[0].exchanges for fault in official.faults(exchange)]
        assert not faults, "\n".join(sorted(set(faults))[:20])


@pytest.fixture(scope="session")
def till(pay: Running) -> Till:
    return Till(pay)


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "pay" in request.fixturenames:
        request.getfixturevalue("pay").control("DELETE", "faults")


@pytest.fixture(scope="session")
def access(pay: Running, tmp_path_factory: pytest.TempPathFactory) -> AccountAccess:
    return AccountAccess("paypal/eu", pay.url, KEY, seen_before=tmp_path_factory.mktemp("seen_before"))


@pytest.fixture
def actor(access: AccountAccess) -> Iterator[PayPalActor]:
    """An actor that waits as long as it takes."""
    opened = PayPalActor(access, timeout_s=PATIENT_S)
    yield opened
    opened.close()


@pytest.fixture
def reader(access: AccountAccess) -> Iterator[PayPalReader]:
    opened = PayPalReader(access)
    yield opened
    opened.close()
