"""Actions on objects of their own, made at the stand-in with the official SDK; and what its books say came of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from connectors.actions import (
    ACTIONS,
    Action,
    ApplyCoupon,
    Authorize,
    CancelSubscription,
    Capture,
    ChangeAddress,
    ChangePlan,
    ChargeAgain,
    CreateSubscription,
    Refund,
    RemoveCoupon,
    ResumeSubscription,
    Void,
)
from connectors.money import Money
from connectors.requested import requested_action
from sandbox.braintree.running import Running
from tests.connectors.braintree.conftest import ACCOUNT
from tests.sandbox.braintree.conftest import sdk

PATHS = {
    "refund": ("POST", "*/refund"),
    "capture": ("PUT", "*/submit_for_settlement"),
    "void": ("PUT", "*/void"),
    "charge_again": ("POST", "*/transactions"),
    "authorize": ("POST", "*/transactions"),
    "create_subscription": ("POST", "*/subscriptions"),
    "cancel_subscription": ("PUT", "*/cancel"),
    "change_plan": ("PUT", "*/subscriptions/*"),
    "resume_subscription": ("PUT", "*/subscriptions/*"),
    "apply_coupon": ("PUT", "*/subscriptions/*"),
    "remove_coupon": ("PUT", "*/subscriptions/*"),
    "change_address": ("PUT", "*/addresses/*"),
}
"""Method and path of the request that carries an action out."""
DETAILS: dict[str, dict[str, Any]] = {
    "create_subscription": {"price_id": "membership-monthly-eur"},
    "cancel_subscription": {"at_period_end": False},
    "change_plan": {"price_id": "membership-plus-eur"},
    "apply_coupon": {"coupon_id": "loyal"},
    "change_address": {"line1": "1 New Street", "city": "Graz", "postal_code": "8010", "country": "AT"},
}


def asked(name: str, object_id: str, minor: int | None = None, currency: str = "EUR", **details: Any) -> Action:
    """An action with a request id of its own."""
    return requested_action(
        name,
        account=ACCOUNT,
        object_id=object_id,
        amount=None if minor is None else Money(minor, currency),
        details=details or DETAILS.get(name, {}),
        reason_code="requested_by_customer",
        request_id=f"req_{uuid4().hex}",
    )


@dataclass
class Maker:
    """Makes objects for actions, at one stand-in."""

    shop: Running

    def action(self, name: str) -> Action | None:
        """One that can be carried out; None where Braintree has no such action."""
        if name not in PATHS:
            return None
        kind = ACTIONS[name].object_kind
        if kind == "charge":
            is_held = name in ("capture", "void")
            amount = None if name == "void" else 1_234
            return asked(name, self.sale("12.34", is_submitted=not is_held), amount)
        if kind == "customer":
            return asked(name, self.customer())
        wanted = self.subscription()
        if name == "resume_subscription":
            sdk(self.shop).subscription.update(wanted, {"number_of_billing_cycles": 1})
        elif name == "remove_coupon":
            added = {"add": [{"inherited_from_id": "loyal"}]}
            sdk(self.shop).subscription.update(wanted, {"discounts": added})
        return asked(name, wanted)

    def token(self, kind: str = "paypal_account", currency: str = "EUR", last_4: str | None = None) -> str:
        """A stored payment method of somebody who pays in a currency."""
        sales = self.shop.app.store.objects["transaction"].values()
        payers = {each["customer"]["id"] for each in sales if each["currency_iso_code"] == currency}
        for method, payer in self._methods(kind):
            if payer in payers and (last_4 is None or method["last_4"] == last_4):
                return str(method["token"])
        raise LookupError(f"nobody pays {currency} with {kind}")

    def sale(self, amount: str, *, kind: str = "paypal_account", currency: str = "EUR", is_submitted: bool) -> str:
        """A new one; PayPal's settles at once."""
        sent = {
            "amount": amount,
            "payment_method_token": self.token(kind, currency),
            "merchant_account_id": f"example_{currency.lower()}",
            "options": {"submit_for_settlement": is_submitted},
        }
        return str(sdk(self.shop).transaction.sale(sent).transaction.id)

    def subscription(self, plan: str = "membership-monthly-eur", kind: str = "paypal_account") -> str:
        """A new one."""
        currency = plan.rpartition("-")[2]
        sent = {
            "plan_id": plan,
            "payment_method_token": self.token(kind, currency.upper()),
            "merchant_account_id": f"example_{currency}",
        }
        return str(sdk(self.shop).subscription.create(sent).subscription.id)

    def customer(self) -> str:
        """A new one with an address and a card."""
        store = self.shop.app.store
        known = next(payer for payer in store.objects["customer"].values() if payer["credit_cards"])
        wanted = f"new{uuid4().hex[:12]}"
        card = {**known["credit_cards"][0], "token": f"tok{wanted}", "customer_id": wanted, "last_4": "1881"}
        card.pop("billing_address", None)
        store.remember("customer", {**known, "id": wanted, "credit_cards": [card], "addresses": [
            {**each, "customer_id": wanted} for each in known["addresses"]
        ]})  # fmt: skip
        return wanted

    def _methods(self, kind: str) -> Iterator[tuple[dict[str, Any], str]]:
        for payer in self.shop.app.store.objects["customer"].values():
            for method in payer.get(f"{kind}s", ()):
                yield method, payer["id"]


def effects(shop: Running, action: Action) -> int:
    """How often the books show it; for goals, whether they are reached."""
    kinds = shop.app.store.objects
    if isinstance(action, Refund | ChargeAgain | Authorize):
        kind = "credit" if isinstance(action, Refund) else "sale"
        made = kinds["transaction"].values()
        return sum(each["order_id"] == action.request_id and each["type"] == kind for each in made)
    if isinstance(action, CreateSubscription):
        return sum(wanted == action.request_id for wanted in kinds["subscription"])
    if isinstance(action, Capture | Void):
        goal = "voided" if isinstance(action, Void) else "settled"
        return int(kinds["transaction"][action.object_id]["status"] == goal)
    if isinstance(action, ChangeAddress):
        return int(kinds["customer"][action.object_id]["addresses"][0]["street_address"] == action.line1)
    return int(_is_so(kinds["subscription"][action.object_id], action))


def _is_so(found: dict[str, Any], action: Action) -> bool:
    if isinstance(action, CancelSubscription):
        return bool(found["status"] == "Canceled")
    if isinstance(action, ChangePlan):
        return bool(found["plan_id"] == action.price_id)
    if isinstance(action, ResumeSubscription):
        return bool(found["never_expires"])
    ids = [each["id"] for each in found["discounts"]]
    if isinstance(action, ApplyCoupon):
        return ids.count(action.coupon_id) == 1
    assert isinstance(action, RemoveCoupon)
    return not ids
