"""PayPal, held to what every gateway must do."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
import pytest

from connectors.gateway import AccountAccess, Actor, Gateway
from connectors.gateways.paypal import GATEWAY
from connectors.gateways.paypal.act import PayPalActor
from connectors.money import Money
from tests.connectors.conformance import Conformance, Scene
from tests.connectors.paypal.conftest import TIMEOUT_S, Till


@dataclass
class PayPalScene:
    """The stand-in of PayPal as a scene."""

    access: AccountAccess
    till: Till
    gateway: Gateway = GATEWAY

    def open_actor(self, access: AccountAccess) -> Actor:
        return PayPalActor(access, timeout_s=TIMEOUT_S)

    def charge(self) -> str:
        return self.till.take()

    def slow_charge(self) -> str:
        return self.till.take(from_bank=True)

    def disputed_charge(self) -> str:
        return self.till.first("COMPLETED", case=True)

    def refunded(self, charge_id: str) -> Money:
        return self.till.refunded(charge_id)

    def fault(self, kind: str) -> None:
        self.till.pay.fault(kind, method="POST", path="/v2/payments/captures/*/refund", seconds=1.0)

    def settle(self, reference: str, *, succeeds: bool) -> None:
        self.till.pay.control("POST", "settle", {"refund": reference, "outcome": "succeeded" if succeeds else "failed"})


class TestPayPal(Conformance):
    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> Scene:
        return PayPalScene(access, till)

    def test_a_read_goes_on_where_it_stopped(self, scene: Scene) -> None:
        """PayPal's list of payments is the transaction search; a cursor holds the whole span of time."""
        reader = scene.gateway.open_reader(scene.access)
        first, *rest = reader.pages("transactions", since=None, cursor=None)
        again = list(reader.pages("transactions", since=None, cursor=first.cursor))
        assert sum(page.rows for page in rest) > 100
        assert [orjson.loads(page.body) for page in again] == [orjson.loads(page.body) for page in rest]
        assert reader.fetch("captures", "no_such_charge") is None
        reader.close()
