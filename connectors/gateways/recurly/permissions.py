"""What a key may do, found out by asking: reads of one object, and a refund that cannot have an effect."""

from __future__ import annotations

from connectors.errors import ObjectUnknown
from connectors.gateway import Permission
from connectors.gateways.recurly.errors import PermissionMissing
from connectors.gateways.recurly.resources import RESOURCES
from connectors.gateways.recurly.wire import Wire

NO_INVOICE = "counterfoilno"
"""No invoice has this id: refunding it can only end in "not found", or in "the key may not"."""

PURPOSES = {
    "accounts": "names, e-mail addresses and VAT numbers of customers",
    "plans": "plans and their prices",
    "items": "products sold once",
    "coupons": "coupons",
    "subscriptions": "subscriptions",
    "invoices": "invoices, credit invoices and taxes",
    "transactions": "payments and refunds",
}


def probe_permissions(wire: Wire) -> list[Permission]:
    """One line for each resource, and one for refunds. Raises what else went wrong, such as no connection."""
    lines = [Permission(f"Read {each.name}", _may_read(wire, each.name), PURPOSES[each.name]) for each in RESOURCES]
    return [*lines, Permission("Write: a key with full access", _may_refund(wire), "refunds by agents")]


def _may_read(wire: Wire, resource: str) -> bool:
    try:
        wire.page(f"/{resource}", {"limit": 1})
    except PermissionMissing:
        return False
    return True


def _may_refund(wire: Wire) -> bool:
    error = wire.probe(f"/invoices/{NO_INVOICE}/refund", {"type": "amount"})
    if error is None or isinstance(error, ObjectUnknown):
        return True
    if isinstance(error, PermissionMissing):
        return False
    raise error
