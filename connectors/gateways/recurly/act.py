"""Acting on a Recurly site. Never repeats anything, and looks before it sends: Recurly has no idempotency keys."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

from connectors.actions import (
    Action,
    AddTaxId,
    ApplyCoupon,
    CancelSubscription,
    ChangeAddress,
    ChangePlan,
    ChargeAgain,
    CreateSubscription,
    MarkUncollectible,
    ObjectKind,
    PauseSubscription,
    Refund,
    RemoveCoupon,
    ResumeSubscription,
)
from connectors.errors import ObjectUnknown, RequestInvalid, Unsupported
from connectors.gateway import AccountAccess
from connectors.gateways.recurly import coupons, customers, holds, invoices, refunds, subscriptions
from connectors.gateways.recurly.goals import Goal, reach, seen
from connectors.gateways.recurly.objects import an_id, read
from connectors.gateways.recurly.states import charge_state, customer_state, invoice_state, subscription_state
from connectors.gateways.recurly.stories import read_story
from connectors.gateways.recurly.wire import Wire
from connectors.outcomes import LookedUp, Outcome
from connectors.states import ChargeState, ObjectState

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,127}")
SIDE_BY_SIDE = 64

_MADE: dict[type[Action], tuple[Callable[[Wire, Any], Outcome], Callable[[Wire, Any], LookedUp | None]]] = {
    Refund: (refunds.refund, refunds.find_refund),
    ChargeAgain: (holds.charge_again, holds.find_charge),
    CreateSubscription: (subscriptions.create, subscriptions.find_created),
}
"""What makes something that carries the request id: how it is done, and how it is found again."""
_GOALS: dict[type[Action], Callable[[Any], Goal]] = {
    CancelSubscription: subscriptions.cancelled,
    ChangePlan: subscriptions.changed,
    PauseSubscription: subscriptions.paused,
    ResumeSubscription: subscriptions.resumed,
    ApplyCoupon: coupons.applied,
    RemoveCoupon: coupons.removed,
    MarkUncollectible: invoices.given_up,
    AddTaxId: customers.with_tax_id,
    ChangeAddress: customers.with_address,
}
HANDLED = frozenset(kind.name for kind in (*_MADE, *_GOALS))
"""Names of the actions that are carried out here."""


class RecurlyActor:
    """The act side of one site; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(self, access: AccountAccess, *, timeout_s: float = 20.0) -> None:
        self._account = access.account
        self._wire = Wire(access, timeout_s=timeout_s)
        # Between looking and sending nobody of this process may send for the same object.
        self._locks = [threading.Lock() for _ in range(SIDE_BY_SIDE)]

    def __repr__(self) -> str:
        return f"RecurlyActor({self._account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        match kind:
            case "charge":
                return self.charge_state(object_id)
            case "subscription":
                return subscription_state(self._account, read(self._wire, "subscription", object_id))
            case "invoice":
                return invoice_state(self._account, read(self._wire, "invoice", object_id))
            case "customer":
                return customer_state(self._account, read(self._wire, "account", object_id))
        raise Unsupported(f"Recurly has no {kind}.")

    def charge_state(self, charge_id: str) -> ChargeState:
        """Read a payment with its refunds and its payer. Raises ObjectUnknown."""
        charge = read(self._wire, "transaction", charge_id)
        payer_id = (charge.get("account") or {}).get("id")
        payer = read(self._wire, "account", an_id(payer_id)) if payer_id else None
        story = read_story(self._wire, charge_id) if charge.get("invoice") else None
        return charge_state(self._account, charge, story.refunds if story else (), payer)

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Carry it out, unless this request did so before: then what came of it.

        Raises a GatewayError: Refused and NotAccepted say that nothing moved, OutcomeUnknown to look up.
        """
        self._check_account(action)
        if not _REQUEST_ID.fullmatch(action.request_id):
            raise RequestInvalid("A request id for Recurly has 1 to 127 letters, digits or _.:- and nothing else.")
        with self._locks[hash(action.object_id) % SIDE_BY_SIDE]:
            if type(action) in _MADE:
                return _MADE[type(action)][0](self._wire, action)
            return reach(self._wire, _goal(action))

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """Find what the request made by its id, or whether its goal is reached; None where there is no trace."""
        self._check_account(action)
        if type(action) in _MADE:
            return _MADE[type(action)][1](self._wire, action)
        try:
            return seen(self._wire, _goal(action))
        except (ObjectUnknown, RequestInvalid):
            return None

    def close(self) -> None:
        self._wire.close()

    def _check_account(self, action: Action) -> None:
        if action.account != self._account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self._account}.")


def _goal(action: Action) -> Goal:
    if type(action) not in _GOALS:
        raise Unsupported(f"There is no {action.name} at Recurly.")
    an_id(action.object_id)
    return _GOALS[type(action)](action)
