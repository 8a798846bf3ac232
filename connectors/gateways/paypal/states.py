"""A PayPal capture or authorization as `ChargeState`: what is taken, given back, and contested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.errors import UnexpectedShape
from connectors.gateways.paypal.amounts import from_paypal
from connectors.money import Money
from connectors.states import ChargeState

CAPTURE_STATES = {
    "COMPLETED": "succeeded",
    "PARTIALLY_REFUNDED": "succeeded",
    "REFUNDED": "succeeded",
    "PENDING": "pending",
    "DECLINED": "failed",
    "FAILED": "failed",
}
HOLD_STATES = {
    "CREATED": "authorized",
    "PARTIALLY_CAPTURED": "authorized",
    "PENDING": "pending",
    "DENIED": "failed",
    "VOIDED": "voided",
    "CAPTURED": "voided",
}
"""Once it is captured, the money is the capture's: nothing is left of the authorization itself."""


def is_contested(disputes: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a case is open. A status that we do not know counts as one that is."""
    return any(dispute.get("status") != "RESOLVED" for dispute in disputes)


def captured_amount(capture: Mapping[str, Any]) -> Money:
    """What a capture took: nothing while it is pending or failed. Raises UnexpectedShape."""
    amount = _amount(capture)
    is_taken = CAPTURE_STATES.get(str(capture.get("status"))) == "succeeded"
    return amount if is_taken else Money(0, amount.currency)


def of_capture(account: str, capture: Mapping[str, Any], refunded: Money, is_disputed: bool) -> ChargeState:
    """The state of a payment; a status that we do not know is pending. Raises UnexpectedShape."""
    status = CAPTURE_STATES.get(str(capture.get("status")), "pending")
    return _state(account, capture, status, captured_amount(capture), refunded, is_disputed)


def of_authorization(account: str, held: Mapping[str, Any]) -> ChargeState:
    """The state of a hold: nothing is taken yet."""
    nothing = Money(0, _amount(held).currency)
    return _state(account, held, HOLD_STATES.get(str(held.get("status")), "pending"), nothing, nothing, False)


def _state(
    account: str, payment: Mapping[str, Any], status: str, captured: Money, refunded: Money, is_disputed: bool
) -> ChargeState:
    try:
        made = datetime.fromisoformat(str(payment["create_time"]))
        charge_id = str(payment["id"])
    except (KeyError, ValueError) as error:
        raise UnexpectedShape(f"PayPal's payment cannot be read: {type(error).__name__}: {error}.") from None
    return ChargeState(account, charge_id, status, captured, refunded, is_disputed, made.astimezone(UTC))


def _amount(payment: Mapping[str, Any]) -> Money:
    try:
        return from_paypal(payment.get("amount"))
    except ValueError as error:
        raise UnexpectedShape(f"PayPal's payment cannot be read: {error}") from None
