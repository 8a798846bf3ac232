"""Recurly's objects as our states: of a payment, what is taken, given back, and contested.

Recurly's API has no disputes. A charge that was charged back has that status, or a refund of that origin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from connectors.errors import ObjectUnknown, UnexpectedShape
from connectors.gateways.recurly.amounts import from_recurly
from connectors.gateways.recurly.coupons import coupon_ids
from connectors.gateways.recurly.objects import time_of
from connectors.gateways.recurly.subscriptions import is_paused
from connectors.money import Money
from connectors.states import ChargeState, CustomerState, InvoiceState, SubscriptionState

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

SUBSCRIPTIONS = {"canceled": "active", "expired": "cancelled", "failed": "incomplete_expired"}
"""Of a subscription; what Recurly calls canceled runs on to the end of its period."""
INVOICES = {"paid": "paid", "closed": "paid", "failed": "uncollectible", "voided": "void"}
"""Of an invoice; any other state is open."""


def charge_state(
    account: str,
    charge: Mapping[str, Any],
    refunds: Iterable[Mapping[str, Any]],
    payer: Mapping[str, Any] | None = None,
) -> ChargeState:
    """Read a payment, its refunds and its payer's account, parsed exactly. Raises ObjectUnknown for a refund,
    UnexpectedShape. Without the payer nothing is known of a stored payment method."""
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
            chargeable=amount if amount.minor > 0 and _can_pay(payer) else None,
            customer_id=(charge.get("account") or {}).get("id"),
        )
    except (KeyError, ValueError) as error:
        raise UnexpectedShape(f"Recurly's transaction cannot be read: {type(error).__name__}: {error}.") from None


def subscription_state(account: str, found: Mapping[str, Any]) -> SubscriptionState:
    """Read a subscription; its price is named as in the canonical table."""
    state = str(found.get("state"))
    plan = (found.get("plan") or {}).get("id")
    return SubscriptionState(
        account=account,
        object_id=str(found["id"]),
        status=SUBSCRIPTIONS.get(state, state),
        customer_id=(found.get("account") or {}).get("id"),
        price_id=f"{plan}:{found.get('currency')}" if plan else None,
        is_cancel_at_period_end=state == "canceled",
        is_paused=is_paused(found),
        coupon_ids=coupon_ids(found),
    )


def invoice_state(account: str, found: Mapping[str, Any]) -> InvoiceState:
    """Read an invoice. Raises UnexpectedShape."""
    try:
        remaining = from_recurly(found["balance"], found["currency"]) if found.get("balance") is not None else None
    except (KeyError, ValueError) as error:
        raise UnexpectedShape(f"Recurly's invoice cannot be read: {error}.") from None
    return InvoiceState(
        account=account,
        object_id=str(found["id"]),
        status=INVOICES.get(str(found.get("state")), "open"),
        remaining=remaining,
        customer_id=(found.get("account") or {}).get("id"),
    )


def customer_state(account: str, found: Mapping[str, Any]) -> CustomerState:
    """Read an account."""
    numbers = (found.get("vat_number"), (found.get("billing_info") or {}).get("vat_number"))
    return CustomerState(
        account=account,
        object_id=str(found["id"]),
        is_deleted=bool(found.get("deleted_at")) or found.get("state") == "inactive",
        tax_ids=tuple(dict.fromkeys(str(number) for number in numbers if number)),
    )


def _can_pay(payer: Mapping[str, Any] | None) -> bool:
    billing = (payer or {}).get("billing_info") or {}
    return bool(billing) and billing.get("valid") is not False


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
    return time_of(transaction.get("collected_at") or transaction.get("created_at"))


def _given_back(refunds: Iterable[Mapping[str, Any]], currency: str) -> Money:
    total = Money(0, currency)
    for refund in refunds:
        if refund.get("status") in GIVEN_BACK and refund.get("origin") != "chargeback":
            total += from_recurly(refund.get("amount"), refund.get("currency"))
    return total
