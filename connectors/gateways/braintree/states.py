"""A Braintree transaction as `ChargeState`: what is taken, given back, and contested.

Statuses: Transaction.Status of the SDK, and developer.paypal.com/braintree/docs/reference/general/statuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.errors import UnexpectedShape
from connectors.gateways.braintree.amounts import from_braintree
from connectors.money import Money
from connectors.states import ChargeState

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


def is_contested(disputes: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of a transaction's disputes holds its money. A retrieval only asks for documents."""
    return any(dispute.get("status") != "won" and dispute.get("kind") != "retrieval" for dispute in disputes)


def charge_state(account: str, sale: Mapping[str, Any], refunds: Iterable[Mapping[str, Any]]) -> ChargeState:
    """Read a sale and its refunds. Raises UnexpectedShape where an amount or a time is not what it must be."""
    try:
        currency = sale["currency_iso_code"]
        amount = from_braintree(sale["amount"], currency)
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
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnexpectedShape(f"Braintree's transaction cannot be read: {type(error).__name__}: {error}.") from None


def moment(value: object) -> datetime:
    """A time of Braintree's, which is in UTC: the SDK hands it out without saying so. Raises ValueError."""
    if not isinstance(value, datetime):
        raise ValueError(f"{str(value)[:40]!r} is no time")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
