"""Stripe's objects as states: what is taken, given back, held, contested; what runs, waits and is owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.errors import UnexpectedShape
from connectors.gateways.stripe.amounts import from_stripe
from connectors.gateways.stripe.charges import Found
from connectors.money import Money
from connectors.states import ChargeState, CustomerState, InvoiceState, SubscriptionState

NOT_CONTESTED = frozenset({"won", "prevented", "warning_needs_response", "warning_under_review", "warning_closed"})
"""Of a dispute. While a bank only inquires (warning_*) no money was taken back, and a refund settles it."""


def is_contested(disputes: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of a charge's disputes holds its money; a status that we do not know counts as one that does."""
    return any(
        dispute.get("status") not in NOT_CONTESTED and dispute.get("is_charge_refundable") is not True
        for dispute in disputes
    )


def charge_state(account: str, found: Found, is_disputed: bool) -> ChargeState:
    """Read a charge of any API version. Raises UnexpectedShape where an amount or a status is not what it must be."""
    charge = found.charge
    try:
        currency = str(charge["currency"])
        captured = charge.get("amount_captured", charge["amount"] if charge.get("captured") else 0)
        capturable = _capturable(found, currency)
        return ChargeState(
            account=account,
            charge_id=str(charge["id"]),
            status=status(charge, found.intent),
            captured=from_stripe(_whole(captured), currency),
            refunded=from_stripe(_whole(charge["amount_refunded"]), currency),
            is_disputed=is_disputed,
            created_at=datetime.fromtimestamp(_whole(charge["created"]), UTC),
            capturable=capturable,
            is_voidable=capturable is not None,
            chargeable=from_stripe(_whole(charge["amount"]), currency) if found.is_chargeable else None,
            customer_id=found.customer_id,
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _unreadable("charge", error) from None


def subscription_state(account: str, found: Mapping[str, Any]) -> SubscriptionState:
    """Read a subscription whose discounts were expanded."""
    try:
        said = _subscription_status(found)
        return SubscriptionState(
            account=account,
            object_id=_text(found["id"]),
            status=said,
            customer_id=_id(found.get("customer")),
            price_id=price_of(only_item(found)),
            is_cancel_at_period_end=is_about_to_end(found),
            is_paused=said == "paused",
            coupon_ids=coupon_ids(found),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise _unreadable("subscription", error) from None


def invoice_state(account: str, found: Mapping[str, Any]) -> InvoiceState:
    """Read an invoice of an API version since 2018."""
    try:
        return InvoiceState(
            account=account,
            object_id=_text(found["id"]),
            status=_text(found["status"]),
            remaining=from_stripe(_whole(found["amount_remaining"]), str(found["currency"])),
            customer_id=_id(found.get("customer")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable("invoice", error) from None


def customer_state(account: str, found: Mapping[str, Any]) -> CustomerState:
    """Read a customer whose tax ids were expanded, or the stub that is left of a deleted one."""
    try:
        owned = (found.get("tax_ids") or {}).get("data") or []
        values = tuple(_text(one["value"]) for one in owned)
        return CustomerState(account, _text(found["id"]), found.get("deleted") is True, values)
    except (KeyError, TypeError, AttributeError) as error:
        raise _unreadable("customer", error) from None


def is_about_to_end(subscription: Mapping[str, Any]) -> bool:
    """Whether a cancellation waits. In flexible billing mode the customer portal sets only `cancel_at`, a time.

    Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare#scheduled-subscription-cancellation.
    """
    return subscription.get("cancel_at_period_end") is True or subscription.get("cancel_at") is not None


def _subscription_status(found: Mapping[str, Any]) -> str:
    """As the staging model has it: Stripe leaves the status as it was while nothing is collected."""
    said = _text(found["status"])
    if said == "canceled":
        return "cancelled"
    return "paused" if found.get("pause_collection") is not None and said != "incomplete_expired" else said


def only_item(subscription: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The one item of a subscription; None where it has several."""
    items = subscription.get("items")
    if not isinstance(items, dict) or items.get("has_more"):
        return None
    data = items.get("data")
    return data[0] if isinstance(data, list) and len(data) == 1 else None


def price_of(item: Mapping[str, Any] | None) -> str | None:
    """The id of an item's price, or of the plan that it was called before."""
    price = item.get("price") or item.get("plan") if item else None
    return _id(price)


def coupon_ids(subscription: Mapping[str, Any]) -> tuple[str, ...]:
    """The coupons behind a subscription's discounts; a discount that was not expanded stands for itself."""
    found = subscription.get("discounts") or []
    return tuple(_coupon_of(one) for one in found)


def _coupon_of(discount: Any) -> str:
    if not isinstance(discount, dict):
        return str(discount)
    source = discount.get("source")
    # Until 2025-09 the coupon stood in the discount itself.
    coupon = source.get("coupon") if isinstance(source, dict) else discount.get("coupon")
    return str(_id(coupon) or discount.get("id"))


def _capturable(found: Found, currency: str) -> Money | None:
    intent = found.intent
    if (
        intent is None
        or intent.get("status") != "requires_capture"
        or intent.get("latest_charge") != found.charge["id"]
    ):
        return None
    return from_stripe(_whole(intent["amount_capturable"]), currency)


def _id(value: Any) -> str | None:
    """An id, also of an object that was expanded in its place."""
    wanted = value.get("id") if isinstance(value, dict) else value
    return wanted if isinstance(wanted, str) else None


def _unreadable(what: str, error: Exception) -> UnexpectedShape:
    return UnexpectedShape(f"Stripe's {what} cannot be read: {type(error).__name__}: {error}.")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{str(value)[:40]} is no text")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{str(value)[:40]} is no whole number")
    return value


def status(charge: Mapping[str, Any], intent: Mapping[str, Any] | None = None) -> str:
    """succeeded, pending, failed, authorized (not captured yet) or voided (released without capture).

    Since 2025-03-31.basil a charge does not show that its hold was released: only its payment intent does.
    """
    said = str(charge["status"])
    if said != "succeeded":
        return said if said in {"pending", "failed"} else "pending"
    if charge.get("captured") is not False:
        return "succeeded"
    is_released = charge.get("refunded") or (intent is not None and intent.get("status") == "canceled")
    return "voided" if is_released else "authorized"
