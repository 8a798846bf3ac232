"""WooCommerce, held to what every gateway must do."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import ClassVar

import orjson
import pytest

from connectors.actions import ACTIONS, Refund
from connectors.errors import Unavailable
from connectors.gateway import AccountAccess, Gateway
from connectors.gateways.woocommerce import GATEWAY
from connectors.gateways.woocommerce.act import HANDLED
from connectors.money import Money
from tests.connectors.conformance import ActionConformance, ActionScene, Conformance, Scene
from tests.connectors.woocommerce.conftest import Till
from tests.connectors.woocommerce.scene import WooCommerceScene


class TestWooCommerce(Conformance):
    paged = "orders"
    long_list = "orders"

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


class TestWooCommerceActions(ActionConformance):
    gateway: ClassVar[Gateway] = GATEWAY

    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> ActionScene:
        return WooCommerceScene(access, till)


def test_every_action_is_carried_out_or_absent_with_a_reason() -> None:
    here = GATEWAY.capabilities
    assert frozenset(here.actions) == HANDLED
    assert {*here.actions, *here.absent} == set(ACTIONS)
    assert not set(here.actions) & set(here.absent)
