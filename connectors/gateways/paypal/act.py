"""Acting on a PayPal account. Repeats nothing, not even reads: that is for the caller to decide.

What each action asks for stands in refunds.py, holds.py, charging.py, subscriptions.py and invoices.py.
Source: PayPal's OpenAPI documents and https://developer.paypal.com/api/rest/reference/idempotency.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.actions import Action, ObjectKind
from connectors.errors import Unsupported
from connectors.gateway import AccountAccess
from connectors.gateways.paypal import charging, holds, invoices, refunds, subscriptions
from connectors.gateways.paypal.capabilities import CAPABILITIES
from connectors.gateways.paypal.given_back import refunded
from connectors.gateways.paypal.lists import rows_of
from connectors.gateways.paypal.read import PayPalReader
from connectors.gateways.paypal.session import Session
from connectors.gateways.paypal.states import captured_amount, is_contested, of_authorization, of_capture
from connectors.gateways.paypal.wire import Wire
from connectors.outcomes import LookedUp, Outcome
from connectors.seen_before import SeenBefore
from connectors.states import ChargeState, ObjectState


@dataclass(frozen=True, slots=True)
class _Way:
    """How one action is asked for, and found again."""

    perform: Callable[[Session, Any, str], Outcome]
    look_up: Callable[[Session, Any], LookedUp | None]


_STATUS = _Way(subscriptions.change_status, subscriptions.look_up_status)
_CHARGING = _Way(charging.charge, charging.look_up)
WAYS: dict[str, _Way] = {
    "refund": _Way(refunds.refund, refunds.look_up),
    "capture": _Way(holds.capture, holds.look_up_capture),
    "void": _Way(holds.void, holds.look_up_void),
    "charge_again": _CHARGING,
    "authorize": _CHARGING,
    "cancel_subscription": _STATUS,
    "pause_subscription": _STATUS,
    "resume_subscription": _STATUS,
    "change_plan": _Way(subscriptions.change_plan, subscriptions.look_up_plan),
    "send_invoice": _Way(invoices.send, invoices.look_up),
}
"""Every action that PayPal carries out, by its name."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class PayPalActor:
    """The act side of one account; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(
        self, access: AccountAccess, *, timeout_s: float = 20.0, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        wire = Wire(access, timeout_s=timeout_s, tries=1)
        reader = PayPalReader(access, wire=wire, clock=clock)
        self._session = Session(access.account, wire, reader, clock, SeenBefore(access.seen_before))

    def __repr__(self) -> str:
        return f"PayPalActor({self._session.account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        match kind:
            case "charge":
                return self.charge_state(object_id)
            case "subscription":
                return subscriptions.state(self._session, object_id)
            case "invoice":
                return invoices.state(self._session, object_id)
        raise Unsupported(f"There are no actions on a {kind} here.")

    def charge_state(self, charge_id: str) -> ChargeState:
        """Read a capture, or an authorization. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        session = self._session
        resource, payment = session.payment(charge_id)
        order = session.order_of(payment)
        if resource == "authorizations":
            return of_authorization(session.account, payment, order, now=session.now())
        back = refunded(session.reader, payment, order, captured_amount(payment), now=session.now())
        return of_capture(session.account, payment, order, back, self._is_contested(charge_id))

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Ask for it. Refused and NotAccepted say that nothing moved, OutcomeUnknown that it must be looked up."""
        way = _way(action)
        self._session.check(action, idempotency_key)
        return way.perform(self._session, action, idempotency_key)

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """Find what came of it by its request id, or by the object's own state; None where there is no trace."""
        way = _way(action)
        self._session.check_account(action)
        return way.look_up(self._session, action)

    def close(self) -> None:
        self._session.wire.close()

    def _is_contested(self, charge_id: str) -> bool:
        data = self._session.wire.get("/v1/customer/disputes", {"disputed_transaction_id": charge_id}).data
        return is_contested(rows_of(data, "items"))


def _way(action: Action) -> _Way:
    if action.name not in WAYS:
        raise Unsupported(CAPABILITIES.absent[action.name])
    return WAYS[action.name]
