"""A plan, as subscriptions need to know it."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.errors import ObjectUnknown, UnexpectedShape
from connectors.gateways.braintree.amounts import from_braintree
from connectors.gateways.braintree.calls import Calls, an_id


@dataclass(frozen=True, slots=True)
class Plan:
    """`price` is text in major units; `number_of_billing_cycles` is None for one that never ends."""

    plan_id: str
    price: str
    currency: str
    number_of_billing_cycles: int | None


def plan_of(calls: Calls, plan_id: str) -> Plan:
    """Read a plan. Raises ObjectUnknown, naming it."""
    try:
        name = an_id(plan_id)
        found = calls.read(lambda sdk: sdk.plan.find(name))
    except ObjectUnknown:
        raise ObjectUnknown(f"Braintree knows no plan {plan_id[:40]!r}.") from None
    try:
        price = from_braintree(found.price, found.currency_iso_code)
        cycles = getattr(found, "number_of_billing_cycles", None)
        return Plan(name, str(price.decimal()), price.currency, None if cycles is None else int(cycles))
    except (AttributeError, TypeError, ValueError):
        raise UnexpectedShape("Braintree's plan cannot be read: it has no price or no currency.") from None
