"""What a key may do, found out by asking: searches that find nothing, and a refund of what does not exist."""

from __future__ import annotations

from connectors.errors import NotAuthorised, ObjectUnknown
from connectors.gateway import Permission
from connectors.gateways.braintree.wire import Wire

NOTHING = "counterfoil_permission_check"
"""No transaction is called so: refunding it can only end in "not found", or in "the key may not"."""

READS = {
    "/transactions/advanced_search_ids": ("Search transactions", "payments, refunds and payouts"),
    "/customers/advanced_search_ids": ("Search customers", "names, e-mail addresses and payment methods"),
    "/subscriptions/advanced_search_ids": ("Search subscriptions", "subscriptions"),
    "/disputes/advanced_search?page=1": ("Search disputes", "disputes"),
}
"""Search -> the permission in the words of Braintree's roles, and what it is for."""


def probe_permissions(wire: Wire) -> list[Permission]:
    """One line for each permission. Raises what else went wrong, such as no connection."""
    found = [Permission(name, _may_search(wire, path), purpose) for path, (name, purpose) in READS.items()]
    return [*found, Permission("Refund transactions", _may_refund(wire), "refunds by agents")]


def _may_search(wire: Wire, path: str) -> bool:
    try:
        wire.search(path, {"id": {"is": NOTHING}})
    except NotAuthorised as error:
        # A key that is no key at all is an error; one whose role lacks something is an answer.
        if error.code == "http_401":
            raise
        return False
    return True


def _may_refund(wire: Wire) -> bool:
    error = wire.probe(f"/transactions/{NOTHING}/refund")
    if error is None or isinstance(error, ObjectUnknown):
        return True
    if isinstance(error, NotAuthorised) and error.code != "http_401":
        return False
    raise error
