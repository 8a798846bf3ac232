"""What must be known of an object before acting on it; read at the gateway, or from the canonical tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.actions import ObjectKind
from connectors.money import Money


@dataclass(frozen=True, slots=True)
class ChargeState:
    """One charge."""

    account: str
    charge_id: str
    status: str
    """succeeded, pending, failed, authorized or voided."""
    captured: Money
    refunded: Money
    is_disputed: bool
    created_at: datetime
    capturable: Money | None = None
    """What an authorization still holds; None where nothing can be captured."""
    is_voidable: bool = False
    """Whether it can be released as a whole: an authorization, or a payment that has not settled."""
    chargeable: Money | None = None
    """What may be taken once more from its stored payment method: at most what it asked for; None without one."""
    customer_id: str | None = None

    @property
    def left(self) -> Money:
        """What can still be refunded."""
        return self.captured - self.refunded

    @property
    def object_kind(self) -> ObjectKind:
        return "charge"

    @property
    def object_id(self) -> str:
        return self.charge_id


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """One subscription."""

    account: str
    object_id: str
    status: str
    """The canonical words: trialing, active, past_due, unpaid, paused, cancelled, expired, incomplete, …"""
    customer_id: str | None = None
    price_id: str | None = None
    is_cancel_at_period_end: bool = False
    is_paused: bool = False
    coupon_ids: tuple[str, ...] = ()

    @property
    def object_kind(self) -> ObjectKind:
        return "subscription"


@dataclass(frozen=True, slots=True)
class InvoiceState:
    """One invoice."""

    account: str
    object_id: str
    status: str
    """draft, open, paid, void or uncollectible."""
    remaining: Money | None = None
    customer_id: str | None = None

    @property
    def object_kind(self) -> ObjectKind:
        return "invoice"


@dataclass(frozen=True, slots=True)
class CustomerState:
    """One customer."""

    account: str
    object_id: str
    is_deleted: bool = False
    tax_ids: tuple[str, ...] = ()

    @property
    def object_kind(self) -> ObjectKind:
        return "customer"

    @property
    def customer_id(self) -> str:
        return self.object_id


@dataclass(frozen=True, slots=True)
class OrderState:
    """One order of a shop."""

    account: str
    object_id: str
    status: str
    customer_id: str | None = None

    @property
    def object_kind(self) -> ObjectKind:
        return "order"


ObjectState = ChargeState | SubscriptionState | InvoiceState | CustomerState | OrderState
