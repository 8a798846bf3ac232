"""Braintree's objects as states: what is taken, given back, contested; what may still be done with it.

Statuses: Transaction.Status and Subscription.Status of the SDK, and
developer.paypal.com/braintree/docs/reference/general/statuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.errors import UnexpectedShape
from connectors.gateways.braintree.amounts import from_braintree
from connectors.money import Money
from connectors.states import ChargeState, CustomerState, SubscriptionState

CHARGE_STATUS = {
    "settled": "succeeded",
    "settling": "succeeded",
    "submitted_for_settlement": "pending",
    "settlement_pending": "pending",
    "settlement_confirmed": "pending",
    "authorizing": "pending",
    "authorized": "authorized",
    "authorization_expired": "voided",
    "voided": "voided",
    "settlement_declined": "failed",
    "settlement_failed": "failed",
    "processor_declined": "failed",
    "gateway_rejected": "failed",
    "failed": "failed",
}
"""Braintree's word -> ours. Money counts as taken from "settling" on: from there Braintree refunds."""

GIVES_NOTHING_BACK = frozenset(
    {"settlement_declined", "settlement_failed", "processor_declined", "gateway_rejected", "failed", "voided"}
)
"""Of a refund: its money never left, or came back."""

SUBSCRIPTION_STATUS = {
    "Active": "active",
    "Past Due": "past_due",
    "Pending": "pending",
    "Expired": "ended",
    "Canceled": "cancelled",
}
"""Braintree's word -> the canonical one; an active one in its trial is "trialing"."""
GONE = frozenset({"Canceled", "Expired"})
"""Subscriptions that Braintree changes no more."""


def is_contested(disputes: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of a transaction's disputes holds its money. A retrieval only asks for documents."""
    return any(dispute.get("status") != "won" and dispute.get("kind") != "retrieval" for dispute in disputes)


def is_voidable(sale: Mapping[str, Any]) -> bool:
    """Whether Braintree still releases it. What waits for a confirmation is voided at PayPal only."""
    if sale["status"] == "settlement_pending":
        return sale.get("payment_instrument_type") == "paypal_account"
    return sale["status"] in ("authorized", "submitted_for_settlement")


def charge_state(account: str, sale: Mapping[str, Any], refunds: Iterable[Mapping[str, Any]]) -> ChargeState:
    """Read a sale and its refunds. Raises UnexpectedShape where an amount or a time is not what it must be."""
    try:
        amount = from_braintree(sale["amount"], sale["currency_iso_code"])
        status = CHARGE_STATUS.get(sale["status"], "pending")
        nothing = Money(0, amount.currency)
        given_back = nothing
        for refund in refunds:
            if refund["status"] not in GIVES_NOTHING_BACK:
                given_back = given_back + from_braintree(refund["amount"], refund["currency_iso_code"])
        return ChargeState(
            account=account,
            charge_id=str(sale["id"]),
            status=status,
            captured=amount if status == "succeeded" else nothing,
            refunded=given_back,
            is_disputed=is_contested(sale.get("disputes") or ()),
            created_at=moment(sale["created_at"]),
            capturable=amount if status == "authorized" else None,
            is_voidable=is_voidable(sale),
            chargeable=amount if sale.get("token") else None,
            customer_id=sale.get("customer_id"),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnexpectedShape(f"Braintree's transaction cannot be read: {type(error).__name__}: {error}.") from None


def subscription_state(account: str, found: Mapping[str, Any], customer_id: str | None) -> SubscriptionState:
    """Read a subscription. A status that we do not know is shown as it is."""
    status = str(found["status"])
    is_trial = status == "Active" and found["trial_period"] and not found["current_billing_cycle"]
    return SubscriptionState(
        account=account,
        object_id=str(found["id"]),
        status="trialing" if is_trial else SUBSCRIPTION_STATUS.get(status, status.lower()),
        customer_id=customer_id,
        price_id=found["plan_id"],
        is_cancel_at_period_end=ends_by_itself(found),
        coupon_ids=found["discount_ids"],
    )


def ends_by_itself(found: Mapping[str, Any]) -> bool:
    """Whether a subscription that lives is in its last billing cycle."""
    cycles, current = found["number_of_billing_cycles"], found["current_billing_cycle"]
    is_bounded = isinstance(cycles, int) and isinstance(current, int) and not found["never_expires"]
    return is_bounded and found["status"] not in GONE and current >= cycles


def customer_state(account: str, found: Mapping[str, Any]) -> CustomerState:
    """Read a customer; a deleted one is unknown to Braintree."""
    return CustomerState(account=account, object_id=str(found["id"]))


def moment(value: object) -> datetime:
    """A time of Braintree's, which is in UTC: the SDK hands it out without saying so. Raises ValueError."""
    if not isinstance(value, datetime):
        raise ValueError(f"{str(value)[:40]!r} is no time")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
