"""Braintree, held to what every gateway must do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import pytest

from connectors.actions import Action
from connectors.gateway import AccountAccess, Actor, Gateway
from connectors.gateways.braintree import GATEWAY
from connectors.gateways.braintree.act import BraintreeActor
from connectors.money import Money
from sandbox.braintree.running import Running, running
from tests.connectors.braintree.choosing import book, transactions
from tests.connectors.braintree.conftest import SCOPE, access
from tests.connectors.braintree.making import PATHS, Maker, effects
from tests.connectors.conformance import ActionConformance, ActionScene, Conformance, Scene
from tests.connectors.scenes import NO_ANSWER_S, PATIENT_S


@dataclass
class BraintreeScene:
    """The stand-in of Braintree as a scene. What was paid with PayPal is refunded at once; cards wait for a batch."""

    shop: Running
    access: AccountAccess
    gateway: Gateway = GATEWAY
    given: set[str] = field(default_factory=set)

    def open_actor(self, access: AccountAccess, *, timeout_s: float = PATIENT_S) -> Actor:
        return BraintreeActor(access, timeout_s=timeout_s)

    def charge(self) -> str:
        return self._take("paypal_account")

    def slow_charge(self) -> str:
        return self._take("credit_card")

    def disputed_charge(self) -> str:
        disputes = self.shop.app.store.objects["dispute"].values()
        lost = (each for each in disputes if each["kind"] == "chargeback" and each["status"] == "lost")
        return str(next(lost)["transaction"]["id"])

    def refunded(self, charge_id: str) -> Money:
        found = book(self.shop, charge_id)
        return Money(found["refunded"], found["currency"])

    def fault(self, kind: str) -> None:
        self.shop.fault(kind, method="POST", path="*/refund", seconds=NO_ANSWER_S)

    def listed(self, path: str, ids: list[str]) -> bytes:
        path = path.partition("?")[0]
        if path.endswith("advanced_search_ids"):
            return b'<search-results><page-size type="integer">50</page-size><ids type="array"/></search-results>'
        if path.endswith("disputes/advanced_search"):
            counts = b'<page-size type="integer">50</page-size><total-items type="integer">0</total-items>'
            return b'<disputes type="collection">%b</disputes>' % counts
        name = path.rpartition("/")[2].replace("_", "-")
        one = name.removesuffix("s")
        told = "<price>1.00</price><currency-iso-code>EUR</currency-iso-code><billing-frequency>1</billing-frequency>"
        rows = "".join(f"<{one}><id>{wanted}</id>{told}</{one}>" for wanted in ids)
        return f'<{name} type="array">{rows}</{name}>'.encode()

    def settle(self, reference: str, *, succeeds: bool) -> None:
        outcome = "settled" if succeeds else "settlement_declined"
        self.shop.control("POST", "settle", {"transaction": reference, "outcome": outcome})

    def object_for(self, action: str) -> Action | None:
        return Maker(self.shop).action(action)

    def effects(self, action: Action) -> int:
        return effects(self.shop, action)

    def fault_on(self, action: Action, kind: str) -> None:
        method, path = PATHS[action.name]
        self.shop.fault(kind, method=method, path=path, seconds=NO_ANSWER_S)

    def _take(self, paid_with: str) -> str:
        for sale in transactions(self.shop, status="settled", payment_instrument_type=paid_with):
            is_free = not sale["refund_ids"] and not sale["disputes"] and sale["id"] not in self.given
            is_usual = sale["credit_card"]["last_4"] != "0069" and sale["currency_iso_code"] in ("EUR", "USD", "GBP")
            if is_free and is_usual:
                self.given.add(sale["id"])
                return str(sale["id"])
        raise LookupError(f"no unused sale paid with {paid_with}")


@pytest.fixture(scope="module")
def shop() -> Iterator[Running]:
    with running(None, SCOPE) as found:
        yield found


@pytest.fixture(scope="module")
def given() -> set[str]:
    return set()


class TestBraintree(Conformance):
    long_list = "plans"

    @pytest.fixture
    def scene(self, shop: Running, given: set[str]) -> Scene:
        return BraintreeScene(shop, access(shop), given=given)


class TestBraintreeActions(ActionConformance):
    gateway: ClassVar[Gateway] = GATEWAY

    @pytest.fixture
    def scene(self, shop: Running, given: set[str]) -> ActionScene:
        return BraintreeScene(shop, access(shop), given=given)
