"""The stand-in of a shop as a scene, and what there is to act on in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import pytest

from connectors.actions import Action, ChangeAddress
from connectors.errors import NotAuthorised
from connectors.gateway import AccountAccess, Actor, Gateway
from connectors.gateways.woocommerce import GATEWAY
from connectors.gateways.woocommerce.act import WooCommerceActor
from connectors.gateways.woocommerce.outcomes import request_ids
from connectors.money import Money
from connectors.requested import requested_action
from tests.connectors.scenes import NO_ANSWER_S, PATIENT_S
from tests.connectors.woocommerce.conftest import Till

ADDRESS: dict[str, Any] = {"line1": "Hafenstraße 1", "city": "Kiel", "country": "DE", "postal_code": "24103"}
WRITES = {"refund": ("POST", "orders/*/refunds"), "add_order_note": ("POST", "orders/*/notes")}
WRITES["change_address"] = ("PUT", "customers/*")


@dataclass
class WooCommerceScene:
    """The stand-in of a shop as a scene."""

    access: AccountAccess
    till: Till
    gateway: Gateway = GATEWAY

    def open_actor(self, access: AccountAccess, *, timeout_s: float = PATIENT_S) -> Actor:
        if ":" not in access.api_key:
            # The suite's wrong key has no secret; such a key is refused before anything is sent.
            with pytest.raises(NotAuthorised):
                WooCommerceActor(access)
            access = AccountAccess(access.account, access.api_base, f"{access.api_key}:{access.api_key}")
        return WooCommerceActor(access, timeout_s=timeout_s)

    def charge(self) -> str:
        return self.till.take()

    def slow_charge(self) -> None:
        """A shop says at once whether its payment plugin gave the money back."""

    def disputed_charge(self) -> str:
        pytest.skip("WooCommerce knows no disputes")

    def refunded(self, charge_id: str) -> Money:
        return self.till.refunded(charge_id)

    def fault(self, kind: str) -> None:
        self.till.shop.fault(kind, method="POST", path="/wp-json/wc/v3/orders/*/refunds", seconds=NO_ANSWER_S)

    def listed(self, path: str, ids: list[str]) -> bytes:
        return orjson.dumps([{"id": int(wanted)} for wanted in ids])

    def settle(self, reference: str, *, succeeds: bool) -> None:
        """There is nothing to settle."""

    def object_for(self, action: str) -> Action | None:
        match action:
            case "refund":
                return asked(action, self.till.take(), amount=Money(100, "EUR"))
            case "add_order_note":
                return asked(action, self.till.order(), note="Called: wants it before Friday.", is_for_customer=True)
            case "change_address":
                return asked(action, self.till.customer(), **ADDRESS)
        return None

    def effects(self, action: Action) -> int:
        store = self.till.shop.app.store
        if isinstance(action, ChangeAddress):
            billing = store.of("customer")[action.object_id]["billing"]
            return int((billing["address_1"], billing["city"]) == (action.line1, action.city))
        if action.name == "add_order_note":
            return len([note for note in store.of("note").values() if action.request_id in note["note"]])
        return len([one for one in store.of("refund").values() if action.request_id in request_ids(one)])

    def fault_on(self, action: Action, kind: str) -> None:
        method, path = WRITES[action.name]
        self.till.shop.fault(kind, method=method, path=f"/wp-json/wc/v3/{path}", seconds=NO_ANSWER_S)


def asked(name: str, object_id: str, *, amount: Money | None = None, request_id: str = "", **details: Any) -> Action:
    """An action with a request id of its own."""
    return requested_action(
        name,
        account="woocommerce/shop",
        object_id=object_id,
        amount=amount,
        details=details,
        reason_code="requested_by_customer",
        request_id=request_id or f"req_{uuid4().hex}",
    )
