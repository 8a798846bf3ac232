"""Customers: a tax id added, the billing address replaced.

Source: https://docs.stripe.com/api/tax_ids/customer_create and https://docs.stripe.com/api/customers/update.
"""

from __future__ import annotations

from typing import Any

import stripe
from connectors.actions import AddTaxId, ChangeAddress
from connectors.errors import ObjectUnknown
from connectors.gateways.stripe.charges import Charges
from connectors.gateways.stripe.intents import moment
from connectors.gateways.stripe.sdk import Sdk, an_id, with_key
from connectors.outcomes import Done, LookedUp, Outcome, Pending


def add_tax_id(sdk: Sdk, charges: Charges, action: AddTaxId, key: str) -> Outcome:
    """Add a tax id, unless the customer has it: Stripe itself would add it again."""
    options = with_key(key)
    there = _tax_id(sdk, action)
    if there is not None:
        return there
    params: stripe.params.CustomerTaxIdCreateParams = {"type": action.tax_id_type, "value": action.tax_id.strip()}
    service = sdk.v1.customers.tax_ids
    made = sdk.write(lambda: service.create(action.object_id, params=params, options=options)).fields
    return Done(str(made.get("id")), None, moment(made, "created"))


def find_tax_id(sdk: Sdk, charges: Charges, action: AddTaxId, key: str) -> LookedUp | None:
    """Done where the customer has this tax id, whoever added it."""
    try:
        return _tax_id(sdk, action)
    except ObjectUnknown:
        return None


def change_address(sdk: Sdk, charges: Charges, action: ChangeAddress, key: str) -> Outcome:
    """Replace the billing address; an empty field unsets Stripe's."""
    wanted, options = an_id(action.object_id), with_key(key)
    address = _address(action)
    params: stripe.params.CustomerUpdateParams = {"address": address}
    answered = sdk.write(lambda: sdk.v1.customers.update(wanted, params=params, options=options))
    if _has_address(answered.fields, address):
        return Done(wanted, None, answered.at)
    return Pending("Stripe took the address and does not show it yet; it is looked up again.", wanted)


def find_address(sdk: Sdk, charges: Charges, action: ChangeAddress, key: str) -> LookedUp | None:
    """Done where the customer has this address, whoever wrote it."""
    wanted = action.object_id
    try:
        now = sdk.look(lambda: sdk.v1.customers.retrieve(an_id(wanted)))
    except ObjectUnknown:
        return None
    return Done(wanted, None, now.at) if _has_address(now.fields, _address(action)) else None


def read(sdk: Sdk, customer_id: str) -> dict[str, Any]:
    """A customer with the tax ids; one that was deleted is a stub that says so. Raises ObjectUnknown."""
    wanted = an_id(customer_id)
    return sdk.read(lambda: sdk.v1.customers.retrieve(wanted, params={"expand": ["tax_ids"]}))


def _tax_id(sdk: Sdk, action: AddTaxId) -> Done | None:
    wanted = an_id(action.object_id)

    service = sdk.v1.customers.tax_ids
    for owned in sdk.every(lambda params: service.list(wanted, params=params), {}):
        if owned.get("type") == action.tax_id_type and _bare(owned.get("value")) == _bare(action.tax_id):
            return Done(str(owned.get("id")), None, moment(owned, "created"))
    return None


def _bare(value: object) -> str:
    """A tax id without what people write between its digits."""
    return "".join(sign for sign in str(value) if sign.isalnum()).upper()


def _address(action: ChangeAddress) -> stripe.params.CustomerUpdateParamsAddress:
    return {
        "line1": action.line1.strip(),
        "line2": action.line2.strip(),
        "city": action.city.strip(),
        "postal_code": action.postal_code.strip(),
        "state": action.state.strip(),
        "country": action.country.strip().upper(),
    }


def _has_address(customer: dict[str, Any], wanted: stripe.params.CustomerUpdateParamsAddress) -> bool:
    address = customer.get("address")
    return isinstance(address, dict) and all((address.get(name) or "") == said for name, said in wanted.items())
