"""A PayPal capture or authorization as `ChargeState`: what is taken, given back, held, and contested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors.errors import UnexpectedShape
from connectors.gateways.paypal.charging import stored_source
from connectors.gateways.paypal.holds import captures_of
from connectors.gateways.paypal.session import whole_of
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
    amount = whole_of(capture)
    is_taken = CAPTURE_STATES.get(str(capture.get("status"))) == "succeeded"
    return amount if is_taken else Money(0, amount.currency)


def of_capture(
    account: str, capture: Mapping[str, Any], order: Mapping[str, Any] | None, refunded: Money, is_disputed: bool
) -> ChargeState:
    """The state of a payment; a status that we do not know is pending. Raises UnexpectedShape."""
    status = CAPTURE_STATES.get(str(capture.get("status")), "pending")
    made = _state(account, capture, order, status, captured_amount(capture))
    return replace(made, refunded=refunded, is_disputed=is_disputed)


def of_authorization(
    account: str, held: Mapping[str, Any], order: Mapping[str, Any] | None, *, now: datetime
) -> ChargeState:
    """The state of a hold: nothing is taken yet of what is left of it; what was taken is a charge of its own."""
    status = HOLD_STATES.get(str(held.get("status")), "pending")
    if status == "authorized" and _is_over(held, now):
        status = "voided"
    made = _state(account, held, order, status, Money(0, whole_of(held).currency))
    if status != "authorized":
        return made
    return replace(made, capturable=_left(held, order), is_voidable=True)


def _left(held: Mapping[str, Any], order: Mapping[str, Any] | None) -> Money | None:
    """What was not captured yet; None where PayPal does not show it."""
    left = whole_of(held)
    if held.get("status") == "CREATED":
        return left
    if order is None:
        return None
    for capture in captures_of(order, held):
        if CAPTURE_STATES.get(str(capture.get("status"))) != "failed":
            left -= whole_of(capture)
    return left


def _is_over(held: Mapping[str, Any], now: datetime) -> bool:
    """Nobody took it in time: 29 days."""
    try:
        return datetime.fromisoformat(str(held["expiration_time"])) < now
    except (KeyError, ValueError, TypeError):
        return False


def _state(
    account: str, payment: Mapping[str, Any], order: Mapping[str, Any] | None, status: str, captured: Money
) -> ChargeState:
    try:
        made = datetime.fromisoformat(str(payment["create_time"]))
        charge_id = str(payment["id"])
    except (KeyError, ValueError) as error:
        raise UnexpectedShape(f"PayPal's payment cannot be read: {type(error).__name__}: {error}.") from None
    payer = (order or {}).get("payer")
    return ChargeState(
        account,
        charge_id,
        status,
        captured,
        Money(0, captured.currency),
        is_disputed=False,
        created_at=made.astimezone(UTC),
        chargeable=whole_of(payment) if stored_source(order) is not None else None,
        customer_id=payer.get("payer_id") if isinstance(payer, Mapping) else None,
    )
