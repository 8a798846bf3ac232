"""The billing address of a customer with a login. Guests have none but on their orders, which stay as they are.

The shop changes the fields that are named and leaves the others. Source: class WC_REST_Customers_Controller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.actions import ChangeAddress
from connectors.errors import ObjectUnknown, OutcomeUnknown, RequestInvalid, UnexpectedShape
from connectors.gateways.woocommerce.orders import read_one
from connectors.gateways.woocommerce.states import gmt
from connectors.gateways.woocommerce.wire import Wire
from connectors.outcomes import Done, Outcome, Pending


def read_customer(wire: Wire, customer_id: str) -> Mapping[str, Any]:
    """One customer. Raises ObjectUnknown."""
    return read_one(wire, "customers", "customer", customer_id)


def change_address(wire: Wire, action: ChangeAddress) -> Outcome:
    """Replace the address, unless it is this one already. Name, company, e-mail and telephone number stay."""
    if not re.fullmatch(r"[A-Z]{2}", action.country):
        raise RequestInvalid(
            "The country must be a code of two capital letters, such as DE; the shop itself would take any text."
        )
    before = read_customer(wire, action.object_id)
    if _is_reached(before, action):
        return _done(before)
    after = wire.put(f"/customers/{action.object_id}", {"billing": _wanted(action)}).data
    if not isinstance(after, dict) or str(after.get("id")) != action.object_id:
        raise OutcomeUnknown("The shop's answer is not the customer: it must be looked up.")
    try:
        is_reached = _is_reached(after, action)
    except UnexpectedShape as error:
        raise OutcomeUnknown(f"{error} It must be looked up.") from None
    if not is_reached:
        return Pending("The shop took the address, and shows another one.", action.object_id)
    return _done(after)


def find_address(wire: Wire, action: ChangeAddress) -> Done | None:
    """Done where the customer has this address, whoever wrote it."""
    try:
        found = read_customer(wire, action.object_id)
    except ObjectUnknown:
        return None
    return _done(found) if _is_reached(found, action) else None


def _wanted(action: ChangeAddress) -> dict[str, str]:
    return {
        "address_1": action.line1,
        "address_2": action.line2,
        "city": action.city,
        "state": action.state,
        "postcode": action.postal_code,
        "country": action.country,
    }


def _is_reached(customer: Mapping[str, Any], action: ChangeAddress) -> bool:
    """Spaces aside: WordPress trims and joins them."""
    billing = customer.get("billing")
    if not isinstance(billing, Mapping):
        raise UnexpectedShape(f"The shop's customer {action.object_id} has no billing address.")
    return all(str(billing.get(name) or "").split() == value.split() for name, value in _wanted(action).items())


def _done(customer: Mapping[str, Any]) -> Done:
    try:
        at = gmt(customer.get("date_modified_gmt") or customer.get("date_created_gmt"))
    except ValueError:
        raise OutcomeUnknown("The shop's customer has no time that can be read: it must be looked up.") from None
    return Done(str(customer["id"]), None, at)
