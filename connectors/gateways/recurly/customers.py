"""What an account's invoices say of the customer: VAT number and address.

Both stand twice: on the account, for invoices that are collected by hand, and in the billing information, for those
that Recurly collects itself. One request changes both. Source: the OpenAPI document, operation update_account.
"""

from __future__ import annotations

from typing import Any

from connectors.actions import AddTaxId, ChangeAddress
from connectors.errors import RequestInvalid
from connectors.gateways.recurly.goals import Goal
from connectors.gateways.recurly.objects import Object, path_of
from connectors.gateways.recurly.wire import Wire

LONGEST_VAT_NUMBER = 20


def with_tax_id(action: AddTaxId) -> Goal:
    """The account has this VAT number, and no other."""
    if len(action.tax_id) > LONGEST_VAT_NUMBER:
        raise RequestInvalid(f"A VAT number at Recurly has at most {LONGEST_VAT_NUMBER} signs.")

    def ask(wire: Wire, now: Object) -> Object:
        return _changed(wire, now, {"vat_number": action.tax_id})

    return Goal("account", action.object_id, lambda now: set(_both(now, "vat_number")) == {action.tax_id}, ask)


def with_address(action: ChangeAddress) -> Goal:
    """The account's address is this one, line by line; a telephone number that stands with it stays."""
    wanted = {
        "street1": action.line1,
        "street2": action.line2,
        "city": action.city,
        "region": action.state,
        "postal_code": action.postal_code,
        "country": action.country,
    }

    def ask(wire: Wire, now: Object) -> Object:
        phone = (now.get("address") or {}).get("phone")
        return _changed(wire, now, {"address": {**wanted, "phone": phone} if phone else wanted})

    def is_reached(now: Object) -> bool:
        found = [address or {} for address in _both(now, "address")]
        return all((address.get(name) or "") == value for address in found for name, value in wanted.items())

    return Goal("account", action.object_id, is_reached, ask)


def _both(account: Object, name: str) -> list[Any]:
    billing = account.get("billing_info")
    return [account.get(name), *([billing.get(name)] if billing else [])]


def _changed(wire: Wire, now: Object, change: dict[str, object]) -> Object:
    body = {**change, "billing_info": change} if now.get("billing_info") else change
    answer: Object = wire.put(path_of("account", str(now["id"])), body).exact()
    return answer
