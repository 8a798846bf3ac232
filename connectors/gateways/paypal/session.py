"""What every action on a PayPal account needs: the connection, the reads before a write, and the checks of a request.

Repeats nothing, not even reads: that is for the caller to decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.actions import Action, MoneyAction
from connectors.errors import ObjectUnknown, RequestInvalid, UnexpectedShape
from connectors.gateways.paypal.amounts import from_paypal, to_paypal
from connectors.gateways.paypal.read import PATHS, PayPalReader
from connectors.gateways.paypal.shapes import is_id, order_id_of
from connectors.gateways.paypal.wire import Wire
from connectors.money import AmountInvalid, Money
from connectors.seen_before import SeenBefore

LONGEST_KEY = 108
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.,-]{1,80}")
"""What PayPal takes as custom_id of a refund, and as part of an invoice number or a reason beside other words."""


@dataclass(frozen=True)
class Session:
    """One account's connection, as the actions use it. Safe to use from several threads."""

    account: str
    wire: Wire
    reader: PayPalReader
    now: Callable[[], datetime]
    seen_before: SeenBefore = field(default_factory=lambda: SeenBefore(None))
    """Of a request that sends an invoice: when the invoice had last been sent before it."""

    def check(self, action: Action, key: str) -> None:
        """Raise RequestInvalid for what PayPal would not take, before anything is sent."""
        self.check_account(action)
        if not 0 < len(key) <= LONGEST_KEY:
            raise RequestInvalid(f"A request needs a key of 1 to {LONGEST_KEY} characters.")
        if not _REQUEST_ID.fullmatch(action.request_id):
            raise RequestInvalid("PayPal takes letters, digits and -_., (up to 80) as a request id.")

    def check_account(self, action: Action) -> None:
        """Raise RequestInvalid for an action on another account."""
        if action.account != self.account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self.account}.")

    def read(self, resource: str, wanted: str) -> Mapping[str, Any]:
        """One object as it is now. Raises ObjectUnknown."""
        if not is_id(wanted):
            # Nothing that would lead to another address.
            raise ObjectUnknown(f"{wanted[:40]!r} is no id of a PayPal object.")
        found: Mapping[str, Any] = self.wire.get(PATHS[resource] + wanted).data
        if found.get("id") != wanted:
            raise UnexpectedShape(f"PayPal's answer for {wanted} of its {resource} is another object.")
        return found

    def payment(self, charge_id: str) -> tuple[str, Mapping[str, Any]]:
        """("captures" or "authorizations", the object): both are charges of ours. Raises ObjectUnknown."""
        try:
            return "captures", self.read("captures", charge_id)
        except ObjectUnknown:
            return "authorizations", self.read("authorizations", charge_id)

    def order_of(self, payment: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The order of a payment; None for those of subscriptions and invoices."""
        wanted = order_id_of(payment)
        if wanted is None:
            return None
        try:
            return self.read("orders", wanted)
        except ObjectUnknown:
            return None


def amount_of(action: MoneyAction, payment: Mapping[str, Any]) -> dict[str, str]:
    """The action's amount as PayPal writes it. Raises RequestInvalid where it fits neither PayPal nor the payment."""
    if action.amount.minor <= 0:
        raise RequestInvalid("An amount must be above 0.")
    try:
        amount = to_paypal(action.amount)
    except AmountInvalid as error:
        raise RequestInvalid(str(error)) from None
    currency = whole_of(payment).currency
    if currency != action.amount.currency:
        raise RequestInvalid(f"The payment is in {currency}, the {action.name} in {action.amount.currency}.")
    return amount


def whole_of(payment: Mapping[str, Any]) -> Money:
    """What a payment is about. Raises UnexpectedShape."""
    try:
        return from_paypal(payment.get("amount"))
    except ValueError as error:
        raise UnexpectedShape(f"PayPal's payment cannot be read: {error}") from None


def writing(key: str) -> dict[str, str]:
    """The headers of a write that may be repeated with the same key."""
    return {"PayPal-Request-Id": key, "Prefer": "return=representation"}
