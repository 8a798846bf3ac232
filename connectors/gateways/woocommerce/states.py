"""A shop's objects as states. An order's payment is a charge: what it took and what was given back, no disputes.

An order is paid when it has a time of payment; its status is the shop's own way of working, with words of plugins.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.errors import UnexpectedShape
from connectors.money import AmountInvalid, Money
from connectors.states import ChargeState, CustomerState, OrderState

NOT_PAID = {"failed": "failed", "cancelled": "voided", "trash": "voided"}
"""Status of an order without a payment -> status of the charge; anything else may still be paid."""


def charge_state(account: str, order: Mapping[str, Any]) -> ChargeState:
    """Read an order. Raises UnexpectedShape where an amount or a time is not what it must be."""
    try:
        total = amount(order.get("total"), order.get("currency"))
        paid_at = order.get("date_paid_gmt")
        status = "succeeded" if paid_at else NOT_PAID.get(str(order.get("status")), "pending")
        return ChargeState(
            account=account,
            charge_id=str(order["id"]),
            status=status,
            captured=total if status == "succeeded" else Money(0, total.currency),
            refunded=_refunded(order, total.currency),
            is_disputed=False,
            created_at=gmt(paid_at or order.get("date_created_gmt")),
            customer_id=_customer_id(order),
        )
    except (KeyError, ValueError, AttributeError) as error:
        raise UnexpectedShape(f"The shop's order cannot be read: {type(error).__name__}: {error}.") from None


def order_state(account: str, order: Mapping[str, Any]) -> OrderState:
    """Read an order; its status is the shop's own word, such as processing."""
    return OrderState(
        account=account,
        object_id=str(order["id"]),
        status=str(order.get("status") or ""),
        customer_id=_customer_id(order),
    )


def customer_state(account: str, customer: Mapping[str, Any]) -> CustomerState:
    """Read a customer with a login. A deleted one is unknown to the shop, and none has a tax id there."""
    return CustomerState(account=account, object_id=str(customer["id"]))


def amount(value: object, currency: object) -> Money:
    """Read decimal text exactly. Raises ValueError."""
    if not isinstance(value, str) or not isinstance(currency, str):
        raise AmountInvalid(f"{str(value)[:40]!r} is no amount: WooCommerce writes them as text.")
    return Money.parse(value, currency)


def gmt(text: object) -> datetime:
    """A time of a *_gmt field, which carries no offset. Raises ValueError."""
    found = datetime.fromisoformat(str(text))
    if found.tzinfo is not None:
        raise ValueError(f"{str(text)[:40]!r} has an offset, where UTC without one is documented")
    return found.replace(tzinfo=UTC)


def _customer_id(order: Mapping[str, Any]) -> str | None:
    """None for a guest, whom a shop gives the number 0."""
    found = order.get("customer_id")
    return str(found) if found else None


def _refunded(order: Mapping[str, Any], currency: str) -> Money:
    """An order lists its refunds in short, with negative totals."""
    total = Money(0, currency)
    for refund in order.get("refunds") or ():
        part = amount(refund.get("total"), currency)
        total += Money(abs(part.minor), currency)
    return total
