"""WooCommerce, held to what every gateway must do."""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace

import orjson
import pytest

from connectors.actions import Refund
from connectors.errors import NotAuthorised, Unavailable
from connectors.gateway import AccountAccess, Actor, Gateway
from connectors.gateways.woocommerce import GATEWAY
from connectors.gateways.woocommerce.act import WooCommerceActor
from connectors.money import Money
from tests.connectors.conformance import Conformance, Scene
from tests.connectors.woocommerce.conftest import TIMEOUT_S, Till


@dataclass
class WooCommerceScene:
    """The stand-in of a shop as a scene."""

    access: AccountAccess
    till: Till
    gateway: Gateway = GATEWAY

    def open_actor(self, access: AccountAccess) -> Actor:
        if ":" not in access.api_key:
            # The suite's wrong key has no secret; such a key is refused before anything is sent.
            with pytest.raises(NotAuthorised):
                WooCommerceActor(access)
            access = AccountAccess(access.account, access.api_base, f"{access.api_key}:{access.api_key}")
        return WooCommerceActor(access, timeout_s=TIMEOUT_S)

    def charge(self) -> str:
        return self.till.take()

    def slow_charge(self) -> None:
        """A shop says at once whether its payment plugin gave the money back."""

    def disputed_charge(self) -> str:
        pytest.skip("WooCommerce knows no disputes")

    def refunded(self, charge_id: str) -> Money:
        return self.till.refunded(charge_id)

    def fault(self, kind: str) -> None:
        self.till.shop.fault(kind, method="POST", path="/wp-json/wc/v3/orders/*/refunds", seconds=1.0)

    def settle(self, reference: str, *, succeeds: bool) -> None:
        """There is nothing to settle."""


class TestWooCommerce(Conformance):
    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> Scene:
        return WooCommerceScene(access, till)

    def test_nobody_there_means_that_nothing_was_sent(self, scene: Scene) -> None:
        """Ids of orders are numbers; any other is unknown without asking."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"http://127.0.0.1:{free.getsockname()[1]}"
        nobody = scene.open_actor(replace(scene.access, api_base=address))
        refund = Refund(
            account=scene.access.account,
            object_id="1",
            amount=Money(500, "EUR"),
            reason_code="duplicate",
            request_id="req_1",
        )
        with pytest.raises(Unavailable, match="nothing was sent"):
            nobody.perform(refund, idempotency_key="x")
        nobody.close()

    def test_a_read_goes_on_where_it_stopped(self, scene: Scene) -> None:
        """A shop's payments are its orders."""
        reader = scene.gateway.open_reader(scene.access)
        first, *rest = reader.pages("orders", since=None, cursor=None)
        again = list(reader.pages("orders", since=None, cursor=first.cursor))
        assert sum(page.rows for page in rest) == 30
        assert [orjson.loads(page.body) for page in again] == [orjson.loads(page.body) for page in rest]
        assert reader.fetch("orders", "no_such_charge") is None
        assert reader.fetch("orders", "999999") is None
        reader.close()
