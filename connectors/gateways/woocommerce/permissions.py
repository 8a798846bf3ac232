"""What a key may do, found out by asking: reads of one object, and a refund of an order that cannot be."""

from __future__ import annotations

from connectors.errors import GatewayError, NotAccepted, NotAuthorised
from connectors.gateway import Permission
from connectors.gateways.woocommerce.wire import Wire

NO_ORDER = 0
"""No order has this number: refunding it can only end in "invalid order", or in "the key may not"."""

PURPOSES = {
    "orders": "orders, their payments, lines and taxes",
    "refunds": "refunds",
    "customers": "names and e-mail addresses of customers with a login",
    "products": "names of products",
    "coupons": "coupons",
    "taxes": "tax rates",
}


def probe_permissions(wire: Wire) -> list[Permission]:
    """One line for each resource, and one for refunds. Raises NotAuthorised where nothing at all may be read."""
    lines, errors = [], []
    for name, purpose in PURPOSES.items():
        error = _error_of_reading(wire, name)
        errors.append(error)
        lines.append(Permission(f"Read {name}", error is None, purpose))
    if all(error is not None for error in errors):
        raise next(error for error in errors if error is not None)
    return [*lines, Permission("Read/Write key", _may_refund(wire), "refunds, notes on orders and addresses by agents")]


def _error_of_reading(wire: Wire, resource: str) -> NotAuthorised | None:
    try:
        wire.page(f"/{resource}", {"per_page": 1})
    except NotAuthorised as error:
        return error
    return None


def _may_refund(wire: Wire) -> bool:
    try:
        wire.post(f"/orders/{NO_ORDER}/refunds", {"amount": "0.01", "api_refund": False, "api_restock": False})
    except NotAuthorised:
        return False
    except NotAccepted:
        raise
    except GatewayError:
        return True
    return True
