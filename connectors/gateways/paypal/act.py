"""Acting on a PayPal account. Repeats nothing, not even reads: that is for the caller to decide.

Every refund carries the request id as `custom_id`, which PayPal shows in the refund, in the order, in its reports and
to nobody outside; and the idempotency key as PayPal-Request-Id, which PayPal keeps for 45 days.
Source: payments_payment_v2.json and https://developer.paypal.com/api/rest/reference/idempotency.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from connectors.actions import Action, ObjectKind, Refund
from connectors.errors import ObjectUnknown, RequestInvalid, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess
from connectors.gateways.paypal.amounts import from_paypal, to_paypal
from connectors.gateways.paypal.lists import rows_of
from connectors.gateways.paypal.outcomes import looked_up, outcome
from connectors.gateways.paypal.read import PayPalReader
from connectors.gateways.paypal.refunds import refunded, refunds_of
from connectors.gateways.paypal.shapes import is_id
from connectors.gateways.paypal.states import captured_amount, is_contested, of_authorization, of_capture
from connectors.gateways.paypal.wire import Wire
from connectors.money import AmountInvalid
from connectors.outcomes import LookedUp, Outcome
from connectors.states import ChargeState, ObjectState

KNOWN_CURRENCIES = 1_024
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.,-]{1,127}")
"""What PayPal takes as custom_id of a refund."""
LONGEST_KEY = 108


def _utc_now() -> datetime:
    return datetime.now(UTC)


class PayPalActor:
    """The act side of one account; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(
        self, access: AccountAccess, *, timeout_s: float = 20.0, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._account = access.account
        self._wire = Wire(access, timeout_s=timeout_s, tries=1)
        self._clock = clock
        self._reader = PayPalReader(access, wire=self._wire, clock=clock)
        # A payment's currency never changes.
        self._currency_of = lru_cache(KNOWN_CURRENCIES)(self._read_currency)

    def __repr__(self) -> str:
        return f"PayPalActor({self._account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        if kind != "charge":
            raise Unsupported(f"There are no actions on a {kind} here.")
        return self.charge_state(object_id)

    def charge_state(self, charge_id: str) -> ChargeState:
        """Read a capture, or an authorization. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        try:
            capture = self._capture(charge_id)
        except ObjectUnknown:
            held = self._wire.get(f"/v2/payments/authorizations/{_an_id(charge_id)}").data
            return of_authorization(self._account, held)
        back = refunded(self._reader, capture, captured_amount(capture), now=self._clock())
        return of_capture(self._account, capture, back, self._is_contested(charge_id))

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Refund. Raises a GatewayError: Refused and NotAccepted say that nothing moved, OutcomeUnknown to look up."""
        action = _a_refund(action)
        body = self._refund_body(action, idempotency_key)
        headers = {"PayPal-Request-Id": idempotency_key, "Prefer": "return=representation"}
        path = f"/v2/payments/captures/{_an_id(action.object_id)}/refund"
        made = self._wire.post(path, body, headers=headers).data or {}
        return outcome(made, action.amount, action.request_id)

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """Find the refund by its request id among all refunds of the payment; None where there is none."""
        action = _a_refund(action)
        self._check_account(action)
        try:
            capture = self._capture(action.object_id)
        except ObjectUnknown:
            return None
        found = refunds_of(self._reader, capture, now=self._clock())
        return looked_up([refund for refund in found if refund.get("custom_id") == action.request_id])

    def close(self) -> None:
        self._wire.close()

    def _capture(self, charge_id: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._wire.get(f"/v2/payments/captures/{_an_id(charge_id)}").data
        if found.get("id") != charge_id:
            raise UnexpectedShape(f"PayPal's answer for the payment {charge_id} is another object.")
        return found

    def _read_currency(self, charge_id: str) -> str:
        try:
            return from_paypal(self._capture(charge_id).get("amount")).currency
        except ValueError as error:
            raise UnexpectedShape(f"PayPal's payment cannot be read: {error}") from None

    def _is_contested(self, charge_id: str) -> bool:
        data = self._wire.get("/v1/customer/disputes", {"disputed_transaction_id": charge_id}).data
        return is_contested(rows_of(data, "items"))

    def _refund_body(self, action: Refund, key: str) -> dict[str, Any]:
        self._check_account(action)
        if not 0 < len(key) <= LONGEST_KEY or action.amount.minor <= 0:
            raise RequestInvalid(f"A refund needs an amount above 0 and a key of 1 to {LONGEST_KEY} characters.")
        if not _REQUEST_ID.fullmatch(action.request_id):
            raise RequestInvalid("PayPal takes letters, digits and -_., (up to 127) as a request id.")
        try:
            amount = to_paypal(action.amount)
        except AmountInvalid as error:
            raise RequestInvalid(str(error)) from None
        currency = self._currency_of(action.object_id)
        if currency != action.amount.currency:
            raise RequestInvalid(f"The payment is in {currency}, the refund in {action.amount.currency}.")
        return {"amount": amount, "custom_id": action.request_id}

    def _check_account(self, action: Action) -> None:
        if action.account != self._account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self._account}.")


def _a_refund(action: Action) -> Refund:
    if not isinstance(action, Refund):
        raise Unsupported(f"There is no {action.name} here.")
    return action


def _an_id(charge_id: str) -> str:
    """Nothing that would lead to another address."""
    if not is_id(charge_id):
        raise ObjectUnknown(f"{charge_id[:40]!r} is no id of a payment.")
    return charge_id
