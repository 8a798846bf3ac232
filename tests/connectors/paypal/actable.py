"""Objects of the stand-in that no other test acts on: copies of what was seeded, under ids of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from connectors.actions import (
    Action,
    Authorize,
    CancelSubscription,
    Capture,
    ChangePlan,
    ChargeAgain,
    PauseSubscription,
    Refund,
    ResumeSubscription,
    SendInvoice,
    Void,
)
from connectors.money import Money
from sandbox.paypal.running import Running
from sandbox.paypal.store import Entry, Store
from tests.connectors.paypal.conftest import Till
from tests.connectors.scenes import NO_ANSWER_S

PATHS = {
    "refund": "/v2/payments/captures/*/refund",
    "capture": "/v2/payments/authorizations/*/capture",
    "void": "/v2/payments/authorizations/*/void",
    "charge_again": "/v2/checkout/orders/*/capture",
    "authorize": "/v2/checkout/orders/*/authorize",
    "cancel_subscription": "/v1/billing/subscriptions/*/cancel",
    "pause_subscription": "/v1/billing/subscriptions/*/suspend",
    "resume_subscription": "/v1/billing/subscriptions/*/activate",
    "change_plan": "/v1/billing/subscriptions/*/revise",
    "send_invoice": "/v2/invoicing/invoices/*/remind",
}
"""Action -> the address that carries it out."""
WITHOUT_A_BODY = {"cancel_subscription", "pause_subscription", "resume_subscription", "send_invoice"}
"""PayPal answers these with 204."""


class Bench:
    """Makes an object for every action."""

    def __init__(self, pay: Running, till: Till, account: str = "paypal/eu") -> None:
        self.pay = pay
        self._till = till
        self._account = account
        self.store: Store = pay.app.store

    def action(self, name: str, request_id: str) -> Action | None:
        """One that ends Done at once; None where PayPal has no such action."""
        makes: dict[str, Callable[[dict[str, Any]], Action]] = {
            "refund": lambda base: Refund(**base, object_id=self._till.take(), amount=Money(100, "EUR")),
            "capture": lambda base: Capture(**base, object_id=self.held(), amount=Money(100, "EUR")),
            "void": lambda base: Void(**base, object_id=self.held()),
            "charge_again": lambda base: ChargeAgain(**base, object_id=self.stored(), amount=Money(100, "EUR")),
            "authorize": lambda base: Authorize(**base, object_id=self.stored("card"), amount=Money(100, "EUR")),
            "cancel_subscription": lambda base: CancelSubscription(
                **base, object_id=self.subscription(), at_period_end=False
            ),
            "pause_subscription": lambda base: PauseSubscription(**base, object_id=self.subscription()),
            "resume_subscription": lambda base: ResumeSubscription(**base, object_id=self.subscription("SUSPENDED")),
            "change_plan": lambda base: ChangePlan(
                **base, object_id=self.subscription(by_card=True), price_id=self.yearly()
            ),
            "send_invoice": lambda base: SendInvoice(**base, object_id=self.invoice()),
        }
        base: dict[str, Any] = {
            "account": self._account,
            "reason_code": "requested_by_customer",
            "request_id": request_id,
        }
        return makes[name](base) if name in makes else None

    def effects(self, action: Action) -> int:
        """How often the books show an action: by its request id, or by the state of its object."""
        statuses = {"cancel_subscription": "CANCELLED", "pause_subscription": "SUSPENDED"}
        match action.name:
            case "refund" | "charge_again" | "authorize":
                kind = {"refund": "refund", "charge_again": "capture", "authorize": "authorization"}[action.name]
                return sum(one.shown.get("custom_id") == action.request_id for one in self.store.all(kind))
            case "capture":
                found = (str(one.shown.get("invoice_id")).split(" ")[-1] for one in self.store.all("capture"))
                return sum(one == action.request_id for one in found)
            case "void":
                return int(self._shown("authorization", action)["status"] == "VOIDED")
            case "change_plan":
                assert isinstance(action, ChangePlan)
                return int(self._shown("subscription", action)["plan_id"] == action.price_id)
            case "send_invoice":
                found_invoice = self.store.get("invoice", action.object_id)
                return 0 if found_invoice is None else int(found_invoice.hidden.get("sent", 0))
        return int(self._shown("subscription", action)["status"] == statuses.get(action.name, "ACTIVE"))

    def fault_on(self, action: Action, kind: str) -> None:
        """Let the next request that carries the action out fail; an answer without a body cannot be malformed."""
        wanted = "error_after" if kind == "malformed" and action.name in WITHOUT_A_BODY else kind
        self.pay.fault(wanted, method="POST", path=PATHS[action.name], seconds=NO_ANSWER_S)

    def held(self, status: str = "CREATED", **changed: object) -> str:
        """An authorization of an order of its own."""
        found = self._first("authorization", lambda one: one.shown["status"] == status and _is_euro(one))
        order = self._of("order", found.hidden["order"])
        if status != "CREATED":
            inside = [one for one in self.store.all("capture") if one.hidden.get("order") == order.wanted]
            return self._copies(found, order, *inside, **changed)
        return self._copies(found, order, **changed)

    def stored(self, source: str = "paypal", *, declines: bool = False) -> str:
        """A capture whose order shows a payment method in the vault."""
        return self._copies(*self._stored(source, declines))

    def subscription(self, status: str = "ACTIVE", *, by_card: bool = False) -> str:
        """A subscription of the plan that has a yearly sister."""
        plan = self.store.get("plan", self.yearly())
        assert plan is not None

        def fits(one: Entry) -> bool:
            of_product = self._of("plan", one.shown["plan_id"]).shown["product_id"] == plan.shown["product_id"]
            is_wanted = one.shown["status"] == status and bool(one.hidden.get("by_card")) == by_card
            return of_product and is_wanted and one.shown["plan_id"] != plan.wanted

        return self._copies(self._first("subscription", fits))

    def yearly(self) -> str:
        return self._first("plan", lambda one: one.shown["name"] == "Studio, yearly").wanted

    def other_plan(self) -> str:
        """A plan of another product."""
        return self._first("plan", lambda one: one.shown["name"] == "Agency").wanted

    def invoice(self, status: str = "SENT") -> str:
        return self._copies(self._first("invoice", lambda one: one.shown["status"] == status))

    def _stored(self, source: str, declines: bool) -> tuple[Entry, Entry]:
        for token in self.store.all("vault"):
            if token.hidden["source"] != source or token.hidden["declines"] != declines:
                continue
            for capture in self.store.all("capture"):
                order = self.store.get("order", capture.hidden.get("order", ""))
                if order is not None and token.wanted in json.dumps(order.shown) and "custom_id" in capture.shown:
                    return capture, order
        raise LookupError(f"no payment with a stored {source}")

    def _copies(self, *entries: Entry, **changed: object) -> str:
        """Copies that refer to each other as the originals do; the id of the first comes back."""
        texts = [json.dumps([one.kind, one.wanted, one.at, one.shown, one.hidden]) for one in entries]
        for one in entries:
            fresh = self.store.new_id("payment" if one.kind in {"capture", "authorization"} else one.kind)
            texts = [text.replace(one.wanted, fresh) for text in texts]
        made = [Entry(kind, wanted, at, 0, shown, hidden) for kind, wanted, at, shown, hidden in map(json.loads, texts)]
        made[0].shown.update(changed)
        for entry in made:
            entry.seq = self.store.next_seq()
        self.store.commit(made)
        return made[0].wanted

    def _first(self, kind: str, fits: Callable[[Entry], bool]) -> Entry:
        return next(one for one in self.store.all(kind) if fits(one))

    def _of(self, kind: str, wanted: str) -> Entry:
        found = self.store.get(kind, wanted)
        assert found is not None
        return found

    def _shown(self, kind: str, action: Action) -> dict[str, object]:
        found = self.store.get(kind, action.object_id)
        return {"status": "", "plan_id": ""} if found is None else found.shown


def _is_euro(entry: Entry) -> bool:
    return bool(entry.shown["amount"]["currency_code"] == "EUR")
