"""Objects of a company's endpoint as states; they have the form in which they are imported (resources.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.actions import ObjectKind
from connectors.errors import UnexpectedShape
from connectors.money import Money
from connectors.states import ChargeState, CustomerState, InvoiceState, ObjectState, SubscriptionState

Json = Mapping[str, Any]


def state_of(account: str, kind: ObjectKind, found: Json) -> ObjectState:
    """Read an object. Raises UnexpectedShape, which says what is wrong with it."""
    try:
        return _READ[kind](account, found)
    except (KeyError, TypeError, ValueError) as error:
        sentence = f"The company's endpoint sent a {kind} that cannot be read: {type(error).__name__}: {error}."
        raise UnexpectedShape(sentence) from None


def _charge(account: str, found: Json) -> ChargeState:
    currency = str(found["currency"])
    status = str(found["status"])
    return ChargeState(
        account=account,
        charge_id=str(found["id"]),
        status=status,
        captured=Money(found["captured_minor"], currency),
        refunded=Money(found["refunded_minor"], currency),
        is_disputed=found.get("is_disputed") is True,
        created_at=_time(found["created_at"]),
        capturable=_money(found, "capturable_minor", currency),
        is_voidable=found.get("is_voidable", status == "authorized") is True,
        chargeable=_money(found, "chargeable_minor", currency),
        customer_id=_text(found, "customer_id"),
    )


def _subscription(account: str, found: Json) -> SubscriptionState:
    return SubscriptionState(
        account=account,
        object_id=str(found["id"]),
        status=str(found["status"]),
        customer_id=_text(found, "customer_id"),
        price_id=_text(found, "price_id"),
        is_cancel_at_period_end=found.get("is_cancel_at_period_end") is True,
        is_paused=found["status"] == "paused",
        coupon_ids=tuple(str(coupon) for coupon in found.get("coupon_ids") or ()),
    )


def _invoice(account: str, found: Json) -> InvoiceState:
    return InvoiceState(
        account=account,
        object_id=str(found["id"]),
        status=str(found["status"]),
        remaining=_money(found, "remaining_minor", str(found["currency"])),
        customer_id=_text(found, "customer_id"),
    )


def _customer(account: str, found: Json) -> CustomerState:
    return CustomerState(
        account=account,
        object_id=str(found["id"]),
        is_deleted=found.get("deleted") is True,
        tax_ids=tuple(str(one["value"]) for one in found.get("tax_ids") or ()),
    )


_READ: dict[ObjectKind, Callable[[str, Json], ObjectState]] = {
    "charge": _charge,
    "subscription": _subscription,
    "invoice": _invoice,
    "customer": _customer,
}


def _money(found: Json, name: str, currency: str) -> Money | None:
    return Money(found[name], currency) if found.get(name) is not None else None


def _text(found: Json, name: str) -> str | None:
    return str(found[name]) if found.get(name) else None


def _time(text: object) -> datetime:
    at = datetime.fromisoformat(str(text))
    if at.tzinfo is None:
        raise ValueError(f"{str(text)[:40]!r} has no offset")
    return at.astimezone(UTC)
