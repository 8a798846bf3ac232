"""PayPal, held to what every gateway must do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import uuid4

import orjson
import pytest

from connectors.actions import Action
from connectors.gateway import AccountAccess, Actor, Gateway
from connectors.gateways.paypal import GATEWAY
from connectors.gateways.paypal.act import PayPalActor
from connectors.money import Money
from tests.connectors.conformance import ActionConformance, ActionScene, Conformance, Scene
from tests.connectors.paypal.actable import Bench
from tests.connectors.paypal.conftest import Till
from tests.connectors.scenes import NO_ANSWER_S, PATIENT_S

NOT_SHOWN = "Whether a payer was asked for another plan does not show: it is pending until it is done, not unknown."


@dataclass
class PayPalScene:
    """The stand-in of PayPal as a scene."""

    access: AccountAccess
    till: Till
    gateway: Gateway = GATEWAY

    def open_actor(self, access: AccountAccess, *, timeout_s: float = PATIENT_S) -> Actor:
        return PayPalActor(access, timeout_s=timeout_s)

    def charge(self) -> str:
        return self.till.take()

    def slow_charge(self) -> str:
        return self.till.take(from_bank=True)

    def disputed_charge(self) -> str:
        return self.till.first("COMPLETED", case=True)

    def refunded(self, charge_id: str) -> Money:
        return self.till.refunded(charge_id)

    def fault(self, kind: str) -> None:
        self.till.pay.fault(kind, method="POST", path="/v2/payments/captures/*/refund", seconds=NO_ANSWER_S)

    def listed(self, path: str, ids: list[str]) -> bytes:
        if path.startswith("/v1/oauth2/token"):
            return orjson.dumps({"access_token": "A21", "expires_in": 32_400, "scope": ""})
        plans = [{"id": wanted} for wanted in ids if path.startswith("/v1/billing/plans")]
        return orjson.dumps({"plans": plans, "total_pages": 1 if plans else 0, "total_items": len(plans)})

    def settle(self, reference: str, *, succeeds: bool) -> None:
        self.till.pay.control("POST", "settle", {"refund": reference, "outcome": "succeeded" if succeeds else "failed"})

    def object_for(self, action: str) -> Action | None:
        return self._bench.action(action, f"req_{uuid4().hex}")

    def effects(self, action: Action) -> int:
        return self._bench.effects(action)

    def fault_on(self, action: Action, kind: str) -> None:
        self._bench.fault_on(action, kind)

    @property
    def _bench(self) -> Bench:
        return Bench(self.till.pay, self.till)


class TestPayPal(Conformance):
    paged = "transactions"
    long_list = "plans"

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


class TestPayPalActions(ActionConformance):
    gateway: ClassVar[Gateway] = GATEWAY
    excused: ClassVar[dict[tuple[str, str], str]] = {
        ("change_plan", "test_it_is_offered_done_and_shown"): NOT_SHOWN,
        ("change_plan", "test_what_never_arrived_is_not_found"): NOT_SHOWN,
    }

    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> ActionScene:
        return PayPalScene(access, till)
