"""Acting on a Stripe account through the official SDK: which function carries which action out, and finds it again.

What an action makes carries the request id in its metadata, so that it is found when its idempotency key has expired.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors import actions
from connectors.actions import Action, ObjectKind
from connectors.errors import OutcomeUnknown, RequestInvalid, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess
from connectors.gateways.stripe import customers, holds, invoices, refunds, subscriptions
from connectors.gateways.stripe.charges import Charges
from connectors.gateways.stripe.sdk import Sdk, an_id
from connectors.gateways.stripe.states import (
    charge_state,
    customer_state,
    invoice_state,
    is_contested,
    subscription_state,
)
from connectors.outcomes import LookedUp, Outcome
from connectors.states import ChargeState, ObjectState

Perform = Callable[[Sdk, Charges, Any, str], Outcome]
LookUp = Callable[[Sdk, Charges, Any, str], LookedUp | None]
WRONG_TYPES = (AttributeError, KeyError, TypeError, ValueError)
"""What reading an answer ends in where a text stands for a number, or a list for a text."""

HANDLED: dict[type[Action], tuple[Perform, LookUp]] = {
    actions.Refund: (refunds.refund, refunds.find_refund),
    actions.Capture: (holds.capture, holds.find_capture),
    actions.Void: (holds.void, holds.find_void),
    actions.ChargeAgain: (holds.charge_again, holds.find_charge_again),
    actions.Authorize: (holds.authorize, holds.find_authorize),
    actions.CreateSubscription: (subscriptions.create, subscriptions.find_created),
    actions.CancelSubscription: (subscriptions.change, subscriptions.find_change),
    actions.ChangePlan: (subscriptions.change, subscriptions.find_change),
    actions.PauseSubscription: (subscriptions.change, subscriptions.find_change),
    actions.ResumeSubscription: (subscriptions.change, subscriptions.find_change),
    actions.ApplyCoupon: (subscriptions.change, subscriptions.find_change),
    actions.RemoveCoupon: (subscriptions.change, subscriptions.find_change),
    actions.SendInvoice: (invoices.send, invoices.find_sent),
    actions.MarkUncollectible: (invoices.mark_uncollectible, invoices.find_given_up),
    actions.AddTaxId: (customers.add_tax_id, customers.find_tax_id),
    actions.ChangeAddress: (customers.change_address, customers.find_address),
}
"""Action -> (carries it out, finds it again)."""


class StripeActor:
    """The act side of one account; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(self, access: AccountAccess, *, timeout_s: float = 20.0) -> None:
        self._sdk = Sdk(access, timeout_s=timeout_s)
        self._charges = Charges(self._sdk)

    def __repr__(self) -> str:
        return f"StripeActor({self._sdk.account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        account = self._sdk.account
        match kind:
            case "charge":
                return self.charge_state(object_id)
            case "subscription":
                return subscription_state(account, subscriptions.read(self._sdk, object_id))
            case "invoice":
                return invoice_state(account, invoices.read(self._sdk, object_id))
            case "customer":
                return customer_state(account, customers.read(self._sdk, object_id))
            case _:
                raise Unsupported(f"Stripe has no actions on a {kind}.")

    def charge_state(self, charge_id: str) -> ChargeState:
        """Read a charge. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        found = self._charges.find(charge_id)
        return charge_state(self._sdk.account, found, found.charge.get("disputed") is True and self._is_held(charge_id))

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Carry an action out. Raises a GatewayError: Refused and NotAccepted say that nothing moved, OutcomeUnknown to
        look up. What has to be known first (a currency, a stored method, an item) is read before anything is sent."""
        perform, _ = self._handled(action)
        try:
            return perform(self._sdk, self._charges, action, idempotency_key)
        except WRONG_TYPES:
            sentence = "Stripe's answer has values of other types than documented: it must be looked up."
            raise OutcomeUnknown(sentence) from None

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """What came of an action: by its request id among what it can have made, or by the object's state. The key
        finds an invoice that was sent, which Stripe's event names."""
        _, look_up = self._handled(action)
        try:
            return look_up(self._sdk, self._charges, action, idempotency_key)
        except WRONG_TYPES:
            raise UnexpectedShape("Stripe's answer has values of other types than documented.") from None

    def close(self) -> None:
        """Give the connections back."""
        self._sdk.close()

    def _handled(self, action: Action) -> tuple[Perform, LookUp]:
        if type(action) not in HANDLED:
            raise Unsupported(f"Stripe has no action {action.name}.")
        if action.account != self._sdk.account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self._sdk.account}.")
        return HANDLED[type(action)]

    def _is_held(self, charge_id: str) -> bool:
        """Whether one of the charge's disputes holds its money."""
        service = self._sdk.v1.disputes
        return is_contested(self._sdk.every(lambda params: service.list(params=params), {"charge": an_id(charge_id)}))
