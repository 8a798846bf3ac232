"""A Recurly transaction as `ChargeState`: what is taken, given back, and contested.

Recurly's API has no disputes. A charge that was charged back has that status, or a refund of that origin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.errors import ObjectUnknown, UnexpectedShape
from connectors.gateways.recurly.amounts import from_recurly
from connectors.money import Money
from connectors.states import ChargeState

STATES = {
    "success": "succeeded",
    "chargeback": "succeeded",
    "pending": "pending",
    "processing": "pending",
    "scheduled": "pending",
    "declined": "failed",
    "error": "failed",
    "void": "voided",
}
"""Of a payment. Another status is pending: it may still become anything."""
GIVEN_BACK = frozenset({"success", "pending", "processing", "scheduled"})
"""Statuses of a refund whose money is gone or on its way."""


def charge_state(account: str, charge: Mapping[str, Any], refunds: Iterable[Mapping[str, Any]]) -> ChargeState:
    """Read a payment and its refunds, parsed exactly. Raises ObjectUnknown for a refund, UnexpectedShape."""
    if charge.get("type") == "refund":
        raise ObjectUnknown(f"{charge.get('id')} is a refund, not a payment.")
    try:
        amount = from_recurly(charge.get("amount"), charge.get("currency"))
        known = list(refunds)
        status = payment_status(charge)
        return ChargeState(
            account=account,
            charge_id=str(charge["id"]),
            status=status,
            captured=amount if status == "succeeded" else Money(0, amount.currency),
            refunded=_given_back(known, amount.currency),
            is_disputed=is_contested(charge, known),
            created_at=moment(charge),
        )
    except (KeyError, ValueError) as error:
        raise UnexpectedShape(f"Recurly's transaction cannot be read: {type(error).__name__}: {error}.") from None


def payment_status(charge: Mapping[str, Any]) -> str:
    """succeeded, pending, failed, authorized (held only) or voided (released; a check of a card takes nothing)."""
    status = STATES.get(str(charge.get("status")), "pending")
    if status == "succeeded" and charge.get("type") == "authorization":
        return "authorized"
    if status == "succeeded" and charge.get("type") == "verify":
        return "voided"
    return status


def is_contested(charge: Mapping[str, Any], refunds: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the customer's bank took the money back."""
    return charge.get("status") == "chargeback" or any(refund.get("origin") == "chargeback" for refund in refunds)


def moment(transaction: Mapping[str, Any]) -> datetime:
    """When it happened, UTC. Raises ValueError."""
    text = transaction.get("collected_at") or transaction.get("created_at")
    found = datetime.fromisoformat(str(text))
    if found.tzinfo is None:
        raise ValueError(f"{str(text)[:40]!r} has no offset")
    return found.astimezone(UTC)


def _given_back(refunds: Iterable[Mapping[str, Any]], currency: str) -> Money:
    total = Money(0, currency)
    for refund in refunds:
        if refund.get("status") in GIVEN_BACK and refund.get("origin") != "chargeback":
            total += from_recurly(refund.get("amount"), refund.get("currency"))
    return total
