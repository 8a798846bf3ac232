"""What a restricted key may do, found out by asking: reads of one object, and writes that cannot have an effect."""

from __future__ import annotations

from dataclasses import replace

from connectors.errors import ObjectUnknown
from connectors.gateway import Permission
from connectors.gateways.stripe.errors import PermissionMissing
from connectors.gateways.stripe.wire import Wire

NOBODY = "counterfoil_permission_check"
"""No object is called so: acting on it can only end in "no such charge", or in "the key may not"."""

READS = {
    "customers": ("Customers: Read", "names, e-mail addresses and tax ids of customers"),
    "charges": ("Charges and Refunds: Read", "charges"),
    "payment_intents": ("PaymentIntents: Read", "payments that were tried"),
    "refunds": ("Charges and Refunds: Read", "refunds"),
    "disputes": ("Disputes: Read", "disputes"),
    "payouts": ("Payouts: Read", "payouts"),
    "balance_transactions": ("Balance transaction sources: Read", "fees, net amounts and the lines of payouts"),
    "subscriptions": ("Subscriptions: Read", "subscriptions"),
    "invoices": ("Invoices: Read", "invoices and taxes"),
    "invoice_payments": ("Invoices: Read", "which charge paid which invoice"),
    "credit_notes": ("Credit notes: Read", "credit notes"),
    "coupons": ("Coupons: Read", "coupons"),
    "products": ("Products: Read", "names of products"),
    "prices": ("Prices: Read", "prices"),
    "tax_rates": ("Tax Rates: Read", "tax rates"),
    "events": ("Events: Read", "what changed since the last pull"),
}
"""Resource -> the words of Stripe's page for restricted keys, and what it is for."""

METHODS = Permission("PaymentMethods: Read", True, "whether a customer's payment method can be charged again")
WRITES = {
    "Charges and Refunds: Write": ("refunds", {"charge": f"ch_{NOBODY}"}, "refunds by agents"),
    "PaymentIntents: Write": (f"payment_intents/pi_{NOBODY}/cancel", {}, "captures, voids and new charges by agents"),
    "Subscriptions: Write": (f"subscriptions/sub_{NOBODY}", {}, "changes of subscriptions by agents"),
    "Invoices: Write": (f"invoices/in_{NOBODY}/mark_uncollectible", {}, "invoices that agents send or give up"),
    "Customers: Write": (f"customers/cus_{NOBODY}", {}, "addresses and tax ids that agents change"),
}
"""Stripe's words -> (where to ask, with which form, what it is for)."""


def probe_permissions(wire: Wire) -> list[Permission]:
    """One line for each permission, in the dashboard's words. Raises what else went wrong, such as no connection."""
    lines: dict[str, Permission] = {}
    for resource, (name, purpose) in READS.items():
        is_granted = _may_read(wire, resource)
        before = lines.get(name)
        if before is not None:
            purpose, is_granted = f"{before.needed_for}; {purpose}", is_granted and before.is_granted
        lines[name] = Permission(name, is_granted, purpose)
    methods = replace(METHODS, is_granted=_may_read_methods(wire))
    writes = [Permission(name, _may_write(wire, path, form), use) for name, (path, form, use) in WRITES.items()]
    return [*lines.values(), methods, *writes]


def _may_read(wire: Wire, resource: str) -> bool:
    try:
        wire.get(f"/v1/{resource}", {"limit": 1})
    except PermissionMissing:
        return False
    return True


def _may_read_methods(wire: Wire) -> bool:
    try:
        wire.get(f"/v1/payment_methods/pm_{NOBODY}", {})
    except PermissionMissing:
        return False
    except ObjectUnknown:
        pass
    return True


def _may_write(wire: Wire, path: str, form: dict[str, str]) -> bool:
    error = wire.probe(f"/v1/{path}", form)
    if error is None or isinstance(error, ObjectUnknown):
        return True
    if isinstance(error, PermissionMissing):
        return False
    raise error
