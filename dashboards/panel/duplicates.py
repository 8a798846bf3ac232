"""Charges that were likely taken twice; the rule is that of warehouse/checks/likely_duplicate_charges.sql."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from warehouse.reads.charges import Charge

WITHIN = timedelta(minutes=10)


def likely_duplicates(charges: Sequence[Charge]) -> dict[tuple[str, str], str]:
    """(account, charge id) -> the earlier charge that it likely repeats, among the charges of one person."""
    paid = [one for one in charges if one.status == "succeeded" and one.refunded < one.captured]
    paid.sort(key=lambda one: (one.created_at, one.charge_id))
    return {
        (later.account, later.charge_id): earlier.charge_id
        for number, later in enumerate(paid)
        for earlier in paid[:number]
        if later.created_at - earlier.created_at <= WITHIN and _like(later) == _like(earlier)
    }


def _like(charge: Charge) -> tuple[object, ...]:
    return charge.account, charge.amount, charge.description, charge.card_last4
