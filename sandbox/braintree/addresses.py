"""Addresses: each belongs to a customer, and may be the billing address of a card, which then shows it too."""

from sandbox.braintree.errors import NotFound, Refused
from sandbox.braintree.markup import Json, now_text
from sandbox.braintree.operation import Outcome, copy_of
from sandbox.braintree.paying import methods_of
from sandbox.braintree.shapes import NO_ADDRESS
from sandbox.braintree.store import Store

MOST = 50
NO_COUNTRY = ("AA", "QM", "XX", "ZZ")
"""Codes of ISO 3166-1 that are given to nobody."""
LONGEST = {"street_address": "81812", "extended_address": "81804", "locality": "81807", "region": "81810"}


def create(store: Store, params: Json, wanted: str) -> Outcome:
    """POST customers/{id}/addresses."""
    customer = copy_of(store, "customer", wanted)
    if len(customer["addresses"]) >= MOST:
        raise Refused("91818", "customer_id", "address")
    at = now_text(store.clock.now())
    made = {**NO_ADDRESS, "id": f"a{len(customer['addresses'])}", "customer_id": wanted, "created_at": at}
    _write(made, params, at)
    customer["addresses"].append(made)
    customer["updated_at"] = at
    return Outcome("address", made, (("customer", customer),))


def update(store: Store, params: Json, wanted: str) -> Outcome:
    """PUT customers/{id}/addresses/{id}: what is not sent stays, what is sent empty is emptied."""
    customer_id, _, address_id = wanted.partition("/")
    customer = copy_of(store, "customer", customer_id)
    found: Json | None = next((each for each in customer["addresses"] if each["id"] == address_id), None)
    if found is None:
        raise NotFound
    at = now_text(store.clock.now())
    _write(found, params, at)
    customer["updated_at"] = at
    for each in methods_of(customer):
        if (each.method.get("billing_address") or {}).get("id") == address_id:
            each.method["billing_address"] = dict(found)
    return Outcome("address", found, (("customer", customer),))


def _write(address: Json, params: Json, at: str) -> None:
    for name, code in LONGEST.items():
        if len(params.get(name) or "") > 255:
            raise Refused(code, name, "address")
    country = params.get("country_code_alpha2") or ""
    if country and (len(country) != 2 or not country.isalpha() or not country.isupper() or country in NO_COUNTRY):
        raise Refused("91814", "country_code_alpha2", "address")
    address.update({name: params[name] or None for name in NO_ADDRESS if name in params and name != "id"})
    address["updated_at"] = at
