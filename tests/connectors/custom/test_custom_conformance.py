"""The custom gateway, held to what every gateway must do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import orjson
import pytest

from connectors.actions import Action
from connectors.gateway import AccountAccess, Actor, Gateway
from connectors.gateways.custom import GATEWAY
from connectors.gateways.custom.act import CustomActor
from connectors.money import Money
from tests.connectors.conformance import ActionConformance, ActionScene, Conformance, Scene
from tests.connectors.custom.conftest import Till
from tests.connectors.scenes import NO_ANSWER_S, PATIENT_S


@dataclass
class CustomScene:
    """The stand-in of a company's endpoint as a scene."""

    access: AccountAccess
    till: Till
    gateway: Gateway = GATEWAY

    def open_actor(self, access: AccountAccess, *, timeout_s: float = PATIENT_S) -> Actor:
        return CustomActor(access, timeout_s=timeout_s)

    def charge(self) -> str:
        return self.till.charge()

    def slow_charge(self) -> str:
        return self.till.slow_charge()

    def disputed_charge(self) -> str:
        return self.till.take("charges", lambda one: bool(one["is_disputed"]))

    def refunded(self, charge_id: str) -> Money:
        return self.till.refunded(charge_id)

    def fault(self, kind: str) -> None:
        self.till.endpoint.fault(kind, method="POST", path="/counterfoil/v1/actions", seconds=NO_ANSWER_S)

    def listed(self, path: str, ids: list[str]) -> bytes:
        resource = path.partition("?")[0].rpartition("/")[2]
        return orjson.dumps({"object": "list", "resource": resource, "data": [{"id": wanted} for wanted in ids]})

    def settle(self, reference: str, *, succeeds: bool) -> None:
        outcome = "succeeded" if succeeds else "failed"
        self.till.endpoint.control("POST", "settle", {"refund": reference, "outcome": outcome})

    def object_for(self, action: str) -> Action | None:
        return self.till.wanted(action) if action in self.gateway.capabilities.actions else None

    def effects(self, action: Action) -> int:
        return self.till.effects(action.request_id)

    def fault_on(self, action: Action, kind: str) -> None:
        self.fault(kind)


class TestCustom(Conformance):
    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> Scene:
        return CustomScene(access, till)


class TestCustomActions(ActionConformance):
    gateway: ClassVar[Gateway] = GATEWAY

    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> ActionScene:
        return CustomScene(access, till)
