"""Acting on a Braintree account through the official SDK. Never repeats anything: that is for the caller to decide.

What each action asks of Braintree, and how it is found again, stands in refunds.py, holds.py, subscriptions.py and
customers.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.actions import (
    Action,
    ApplyCoupon,
    Authorize,
    CancelSubscription,
    Capture,
    ChangeAddress,
    ChangePlan,
    ChargeAgain,
    CreateSubscription,
    MoneyAction,
    ObjectKind,
    Refund,
    RemoveCoupon,
    ResumeSubscription,
    Void,
)
from connectors.errors import ObjectUnknown, RequestInvalid, Unsupported
from connectors.gateway import AccountAccess
from connectors.gateways.braintree import customers, holds, refunds, subscriptions
from connectors.gateways.braintree.calls import LONGEST, Calls
from connectors.gateways.braintree.fields import Fields
from connectors.gateways.braintree.states import charge_state, customer_state, subscription_state
from connectors.outcomes import LookedUp, Outcome
from connectors.states import ChargeState, ObjectState

Perform = Callable[[Calls, Any, str], Outcome]
LookUp = Callable[[Calls, Any], LookedUp | None]

HANDLED: dict[type[Action], tuple[Perform, LookUp]] = {
    Refund: (refunds.refund, refunds.look_up_refund),
    Capture: (holds.capture, holds.look_up_capture),
    Void: (holds.void, holds.look_up_void),
    ChargeAgain: (holds.charge, holds.look_up_charge),
    Authorize: (holds.charge, holds.look_up_charge),
    CreateSubscription: (subscriptions.create, subscriptions.look_up_created),
    CancelSubscription: (subscriptions.cancel, subscriptions.look_up_cancelled),
    ChangePlan: (subscriptions.change_plan, subscriptions.look_up_plan),
    ResumeSubscription: (subscriptions.resume, subscriptions.look_up_resumed),
    ApplyCoupon: (subscriptions.apply_coupon, subscriptions.look_up_coupon),
    RemoveCoupon: (subscriptions.remove_coupon, subscriptions.look_up_no_coupon),
    ChangeAddress: (customers.change_address, customers.look_up_address),
}
"""How each action is carried out, and found again."""


class BraintreeActor:
    """The act side of one account; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(self, access: AccountAccess, *, timeout_s: float = 60.0) -> None:
        self._calls = Calls(access, timeout_s)
        self._account = access.account
        self.close = self._calls.close

    def __repr__(self) -> str:
        return f"BraintreeActor({self._account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        if kind == "charge":
            return self.charge_state(object_id)
        if kind == "subscription":
            found = self._calls.subscription(object_id)
            return subscription_state(self._account, found, self._owner(found))
        if kind == "customer":
            return customer_state(self._account, self._calls.customer(object_id))
        raise Unsupported(f"Braintree has no {kind}s.")

    def charge_state(self, charge_id: str) -> ChargeState:
        """Read a sale and its refunds. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        sale = self._calls.sale(charge_id)
        return charge_state(self._account, sale, refunds.refunds_of(self._calls, sale))

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Ask for the action. Raises a GatewayError: Refused and NotAccepted say that nothing happened, OutcomeUnknown
        to look up."""
        carry_out, _ = self._handled(action)
        self._check(action, idempotency_key)
        return carry_out(self._calls, action, idempotency_key)

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """Find it again by its request id, or by the object's own state; None where there is no trace of it."""
        _, look_up = self._handled(action)
        return look_up(self._calls, action)

    def _handled(self, action: Action) -> tuple[Perform, LookUp]:
        if type(action) not in HANDLED:
            raise Unsupported(f"There is no {action.name} at Braintree.")
        if action.account != self._account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self._account}.")
        return HANDLED[type(action)]

    def _check(self, action: Action, key: str) -> None:
        if not 0 < len(key) <= LONGEST or not 0 < len(action.request_id) <= LONGEST:
            raise RequestInvalid(f"A key and a request id have 1 to {LONGEST} characters.")
        if isinstance(action, MoneyAction) and action.amount.minor <= 0:
            raise RequestInvalid(f"{action.title}: the amount must be above 0.")

    def _owner(self, subscription: Fields) -> str | None:
        """A subscription does not name its customer: its payments do, else its payment method."""
        if subscription["customer_id"] is not None:
            return str(subscription["customer_id"])
        token = str(subscription["payment_method_token"])
        try:
            found = self._calls.read(lambda sdk: sdk.payment_method.find(token))
        except ObjectUnknown:
            return None
        owner = getattr(found, "customer_id", None)
        return None if owner is None else str(owner)
