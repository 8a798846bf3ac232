"""Stripe, held to what every gateway must do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import uuid4

import pytest

from connectors.actions import Action, Refund
from connectors.gateway import AccountAccess, Actor, Gateway
from connectors.gateways.stripe import GATEWAY
from connectors.gateways.stripe.act import StripeActor
from connectors.gateways.stripe.amounts import from_stripe
from connectors.money import Money
from tests.connectors.conformance import ActionConformance, ActionScene, Conformance, Scene
from tests.connectors.conftest import TIMEOUT_S, Till


@dataclass
class StripeScene:
    """The stand-in of Stripe as a scene."""

    access: AccountAccess
    till: Till
    gateway: Gateway = GATEWAY

    def open_actor(self, access: AccountAccess) -> Actor:
        return StripeActor(access, timeout_s=TIMEOUT_S)

    def charge(self) -> str:
        return str(self.till.take("EUR")["id"])

    def slow_charge(self) -> str:
        return str(self.till.take(kind="sepa_debit")["id"])

    def disputed_charge(self) -> str:
        return self.till.disputed("needs_response", "under_review", "lost")

    def refunded(self, charge_id: str) -> Money:
        book = self.till.shop.control("GET", "books")["charges"][charge_id]
        return from_stripe(book["refunded"], book["currency"])

    def fault(self, kind: str) -> None:
        self.till.shop.fault(kind, method="POST", path="/v1/refunds", seconds=1.0)

    def settle(self, reference: str, *, succeeds: bool) -> None:
        self.till.shop.control(
            "POST", "settle", {"refund": reference, "outcome": "succeeded" if succeeds else "failed"}
        )

    def object_for(self, action: str) -> Action | None:
        if action != "refund":
            return None
        return Refund(
            account=self.access.account,
            object_id=self.charge(),
            amount=Money(100, "EUR"),
            reason_code="requested_by_customer",
            request_id=f"req_{uuid4().hex}",
        )

    def effects(self, action: Action) -> int:
        refunds = self.till.shop.control("GET", "books")["charges"][action.object_id]["refunds"]
        return len([one for one in refunds if one["metadata"].get("counterfoil_request_id") == action.request_id])

    def fault_on(self, action: Action, kind: str) -> None:
        self.fault(kind)


class TestStripe(Conformance):
    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> Scene:
        return StripeScene(access, till)


class TestStripeActions(ActionConformance):
    gateway: ClassVar[Gateway] = GATEWAY

    @pytest.fixture
    def scene(self, access: AccountAccess, till: Till) -> ActionScene:
        return StripeScene(access, till)
