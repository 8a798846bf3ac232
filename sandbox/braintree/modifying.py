"""Discounts and add-ons of one subscription: added from the account's, and removed."""

from sandbox.braintree.errors import Refused
from sandbox.braintree.markup import Json
from sandbox.braintree.store import Store

KINDS = {"discounts": "discount", "add_ons": "add_on"}


def modify(store: Store, found: Json, params: Json) -> None:
    """`discounts` and `add_ons` of an update, each with `add` and `remove`. Raises Refused."""
    for name, kind in KINDS.items():
        asked = params.get(name) or {}
        if asked and found["status"] == "Past Due":
            raise Refused("92022", "base", f"subscription/{name}")
        for number, each in enumerate(asked.get("add") or ()):
            _add(store, found, name, kind, each, f"subscription/{name}/add/index_{number}")
        for number, wanted in enumerate(asked.get("remove") or ()):
            _remove(found, name, wanted, f"subscription/{name}/remove/index_{number}")


def _add(store: Store, found: Json, name: str, kind: str, asked: Json, place: str) -> None:
    known = store.objects[kind].get(asked.get("inherited_from_id") or "")
    if known is None:
        raise Refused("92013", "inherited_from_id", place)
    if any(each["id"] == known["id"] for each in found[name]):
        raise Refused("91911", "base", "subscription")
    shown = ("id", "name", "amount", "kind", "description", "never_expires", "number_of_billing_cycles")
    found[name].append({**{each: known[each] for each in shown}, "quantity": 1, "current_billing_cycle": 0})


def _remove(found: Json, name: str, wanted: str, place: str) -> None:
    rest = [each for each in found[name] if each["id"] != wanted]
    if len(rest) == len(found[name]):
        raise Refused("92016", "existing_id", place)
    found[name] = rest
