"""Customers: their billing address. Braintree keeps no tax ids.

The address that is changed is the one of the default payment method, else the customer's first; without any, one is
made.
Source: developer.paypal.com/braintree/docs/reference/request/address/{create,update}, and the SDK's address.py.
"""

from __future__ import annotations

from connectors.actions import ChangeAddress
from connectors.errors import ObjectUnknown
from connectors.gateways.braintree.calls import Calls
from connectors.gateways.braintree.fields import ADDRESS, Fields, address_fields
from connectors.outcomes import Done


def change_address(calls: Calls, action: ChangeAddress, key: str) -> Done:
    """What is left empty is emptied; names and companies stay."""
    customer, params = calls.customer(action.object_id), _params(action)
    current = _billing(customer)
    if current is None:
        made = calls.write(lambda sdk: sdk.address.create({"customer_id": action.object_id, **params}), "address")
    else:
        made = calls.write(lambda sdk: sdk.address.update(action.object_id, current["id"], params), "address")
    return _done(action, address_fields(made, is_write=True))


def look_up_address(calls: Calls, action: ChangeAddress) -> Done | None:
    """Whether the billing address reads so."""
    try:
        current = _billing(calls.customer(action.object_id))
    except ObjectUnknown:
        return None
    is_so = current is not None and all((current[name] or "") == text for name, text in _params(action).items())
    return _done(action, current) if current is not None and is_so else None


def _billing(customer: Fields) -> Fields | None:
    addresses: list[Fields] = customer["addresses"]
    of_method = (each for each in addresses if each["id"] == customer["billing"])
    return next(of_method, addresses[0] if addresses else None)


def _params(action: ChangeAddress) -> dict[str, str]:
    values = (action.line1, action.line2, action.city, action.state, action.postal_code, action.country.upper())
    return dict(zip(ADDRESS, values, strict=True))


def _done(action: ChangeAddress, address: Fields) -> Done:
    return Done(action.object_id, None, address["updated_at"])
