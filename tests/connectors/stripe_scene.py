"""The stand-in of Stripe as a scene: something new to act on for each action, made through Stripe's own API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson

from connectors.actions import ACTIONS, Action, ApplyCoupon, CancelSubscription
from connectors.gateway import AccountAccess, Actor, Gateway
from connectors.gateways.stripe import GATEWAY
from connectors.gateways.stripe.act import StripeActor
from connectors.gateways.stripe.amounts import from_stripe
from connectors.money import Money
from connectors.requested import requested_action
from tests.connectors.conftest import Till
from tests.connectors.scenes import NO_ANSWER_S, PATIENT_S

COUPON = "PARTNER"
ADDRESS: dict[str, Any] = {"line1": "Hafenstraße 1", "city": "Kiel", "country": "DE", "postal_code": "24103"}


@dataclass
class StripeScene:
    """See `tests.connectors.scenes`."""

    access: AccountAccess
    till: Till
    gateway: Gateway = GATEWAY

    def open_actor(self, access: AccountAccess, *, timeout_s: float = PATIENT_S) -> Actor:
        return StripeActor(access, timeout_s=timeout_s)

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
        self.till.shop.fault(kind, method="POST", path="/v1/refunds", seconds=NO_ANSWER_S)

    def listed(self, path: str, ids: list[str]) -> bytes:
        kind = path.removeprefix("/v1/").partition("?")[0].removesuffix("s")
        data = [{"id": wanted, "object": kind} for wanted in ids]
        return orjson.dumps({"object": "list", "data": data, "has_more": False})

    def settle(self, reference: str, *, succeeds: bool) -> None:
        self.till.shop.control(
            "POST", "settle", {"refund": reference, "outcome": "succeeded" if succeeds else "failed"}
        )

    def object_for(self, action: str) -> Action | None:
        if action not in MAKERS:
            return None
        object_id, details = MAKERS[action](self.till)
        minor = details.pop("amount", None)
        return asked(action, object_id, amount=None if minor is None else Money(minor, "EUR"), **details)

    def effects(self, action: Action) -> int:
        return EFFECTS[action.name](self.till, action)

    def fault_on(self, action: Action, kind: str) -> None:
        is_delete = isinstance(action, CancelSubscription) and not action.at_period_end
        self.till.shop.fault(kind, method="DELETE" if is_delete else "POST", path="/v1/*", seconds=NO_ANSWER_S)


def asked(name: str, object_id: str, *, amount: Money | None = None, **details: Any) -> Action:
    """An action with a request id of its own."""
    return requested_action(
        name,
        account="stripe/eu",
        object_id=object_id,
        amount=amount,
        details=details,
        reason_code="requested_by_customer",
        request_id=f"req_{uuid4().hex}",
    )


Made = tuple[str, dict[str, Any]]


def _held(till: Till) -> Made:
    return till.hold(), {"amount": 300}


def _subscription(till: Till) -> Made:
    return str(till.subscribe()["id"]), {}


def _customer(till: Till) -> Made:
    return str(till.post("/v1/customers", {"email": "new@example.com"})["id"]), {}


def _owed(till: Till) -> Made:
    made = till.subscribe(collection_method="send_invoice", days_until_due="14")
    return str(made["latest_invoice"]), {}


def _changed(till: Till, change: dict[str, str]) -> Made:
    wanted, details = _subscription(till)
    till.post(f"/v1/subscriptions/{wanted}", change)
    return wanted, details


MAKERS: dict[str, Callable[[Till], Made]] = {
    "refund": lambda till: (str(till.take("EUR")["id"]), {"amount": 100}),
    "capture": _held,
    "void": lambda till: (till.hold(), {}),
    "charge_again": lambda till: (till.reusable(), {"amount": 250}),
    "authorize": lambda till: (till.reusable(), {"amount": 250}),
    "create_subscription": lambda till: (till.payer(), {"price_id": till.price("month"), "quantity": 2}),
    "cancel_subscription": _subscription,
    "change_plan": lambda till: (_subscription(till)[0], {"price_id": till.price("month", nth=1), "is_prorated": True}),
    "pause_subscription": _subscription,
    "resume_subscription": lambda till: _changed(till, {"pause_collection[behavior]": "void"}),
    "apply_coupon": lambda till: (_subscription(till)[0], {"coupon_id": COUPON}),
    "remove_coupon": lambda till: _changed(till, {"discounts[0][coupon]": COUPON}),
    "send_invoice": _owed,
    "mark_uncollectible": _owed,
    "add_tax_id": lambda till: (_customer(till)[0], {"tax_id": "DE123456789", "tax_id_type": "eu_vat"}),
    "change_address": lambda till: (_customer(till)[0], dict(ADDRESS)),
}


def _with_request_id(path: str, statuses: set[str]) -> Callable[[Till, Action], int]:
    def count(till: Till, action: Action) -> int:
        listed = till.every(path, **({"status": "all"} if "subscriptions" in path else {}))
        ours = [one for one in listed if one["metadata"].get("counterfoil_request_id") == action.request_id]
        return len([one for one in ours if one["status"] in statuses])

    return count


def _captures(till: Till, action: Action) -> int:
    return len(till.every("/v1/balance_transactions", source=action.object_id))


def _voids(till: Till, action: Action) -> int:
    return int(till.intent_of(action.object_id)["status"] == "canceled")


def _shown(path: str, is_shown: Callable[[dict[str, Any]], object]) -> Callable[[Till, Action], int]:
    return lambda till, action: int(bool(is_shown(till.get(f"{path}/{action.object_id}"))))


def _has_coupon(till: Till, action: Action) -> int:
    assert isinstance(action, ApplyCoupon)
    found = till.get(f"/v1/subscriptions/{action.object_id}", **{"expand[]": "discounts"})
    return [one["source"]["coupon"] for one in found["discounts"]].count(action.coupon_id)


def _sent(till: Till, action: Action) -> int:
    sent = till.every("/v1/events", type="invoice.sent")
    return len([event for event in sent if event["data"]["object"]["id"] == action.object_id])


EFFECTS: dict[str, Callable[[Till, Action], int]] = {
    "refund": _with_request_id("/v1/refunds", {"succeeded", "pending"}),
    "capture": _captures,
    "void": _voids,
    "charge_again": _with_request_id("/v1/payment_intents", {"succeeded"}),
    "authorize": _with_request_id("/v1/payment_intents", {"requires_capture"}),
    "create_subscription": _with_request_id("/v1/subscriptions", {"active"}),
    "cancel_subscription": _shown("/v1/subscriptions", lambda one: one["cancel_at_period_end"] or one["ended_at"]),
    "change_plan": lambda till, action: int(
        till.get(f"/v1/subscriptions/{action.object_id}")["items"]["data"][0]["price"]["id"]
        == getattr(action, "price_id", "")
    ),
    "pause_subscription": _shown("/v1/subscriptions", lambda one: one["pause_collection"]),
    "resume_subscription": _shown("/v1/subscriptions", lambda one: one["pause_collection"] is None),
    "apply_coupon": _has_coupon,
    "remove_coupon": _shown("/v1/subscriptions", lambda one: not one["discounts"]),
    "send_invoice": _sent,
    "mark_uncollectible": _shown("/v1/invoices", lambda one: one["status"] == "uncollectible"),
    "add_tax_id": lambda till, action: len(till.every(f"/v1/customers/{action.object_id}/tax_ids")),
    "change_address": _shown(
        "/v1/customers", lambda one: one["address"] and one["address"]["line1"] == ADDRESS["line1"]
    ),
}
assert set(MAKERS) == set(EFFECTS) <= set(ACTIONS)
