"""A Stripe charge as `ChargeState`: what is taken, given back, and contested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.errors import UnexpectedShape
from connectors.gateways.stripe.amounts import from_stripe
from connectors.states import ChargeState

NOT_CONTESTED = frozenset({"won", "prevented", "warning_needs_response", "warning_under_review", "warning_closed"})
"""Of a dispute. While a bank only inquires (warning_*) no money was taken back, and a refund settles it."""


def is_contested(disputes: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of a charge's disputes holds its money; a status that we do not know counts as one that does."""
    return any(
        dispute.get("status") not in NOT_CONTESTED and dispute.get("is_charge_refundable") is not True
        for dispute in disputes
    )


def charge_state(account: str, charge: Mapping[str, Any], is_disputed: bool) -> ChargeState:
    """Read a charge of any API version. Raises UnexpectedShape where an amount or a status is not what it must be."""
    try:
        currency = str(charge["currency"])
        captured = charge.get("amount_captured", charge["amount"] if charge.get("captured") else 0)
        return ChargeState(
            account=account,
            charge_id=str(charge["id"]),
            status=status(charge),
            captured=from_stripe(_whole(captured), currency),
            refunded=from_stripe(_whole(charge["amount_refunded"]), currency),
            is_disputed=is_disputed,
            created_at=datetime.fromtimestamp(_whole(charge["created"]), UTC),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnexpectedShape(f"Stripe's charge cannot be read: {type(error).__name__}: {error}.") from None


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{str(value)[:40]} is no whole number")
    return value


def status(charge: Mapping[str, Any]) -> str:
    """succeeded, pending, failed, authorized (not captured yet) or voided (released without capture)."""
    said = str(charge["status"])
    if said != "succeeded":
        return said if said in {"pending", "failed"} else "pending"
    if charge.get("captured") is not False:
        return "succeeded"
    return "voided" if charge.get("refunded") else "authorized"
