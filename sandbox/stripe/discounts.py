"""The discounts of a subscription: a list that replaces the one that is there, or an empty text that clears it."""

from typing import Any

from sandbox.stripe.errors import Invalid, Refused, no_such
from sandbox.stripe.shapes.catalog import discount
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json


def apply_discounts(tx: Transaction, subscription: Json, sent: Any) -> None:
    """Set the subscription's discounts as the parameter says. Raises for a coupon or discount that is not there."""
    if sent == "":
        subscription["discounts"] = []
        return
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise Invalid("Invalid array", param="discounts")
    if not sent:
        return
    subscription["discounts"] = [_one(tx, subscription, one, f"discounts[{place}]") for place, one in enumerate(sent)]


def _one(tx: Transaction, subscription: Json, sent: Json, param: str) -> str:
    if "discount" in sent:
        if sent["discount"] not in subscription["discounts"]:
            raise no_such("discount", str(sent["discount"]), param=f"{param}[discount]", status=400)
        return str(sent["discount"])
    wanted = str(sent.get("coupon", ""))
    coupon = tx.get("coupon", wanted)
    if coupon is None:
        raise no_such("coupon", wanted, param=f"{param}[coupon]", status=400)
    if not coupon["valid"]:
        raise Refused(f"Coupon expired: {wanted}", code="coupon_expired", param=f"{param}[coupon]")
    coupon["times_redeemed"] += 1
    tx.put("coupon", coupon)
    made = discount(tx.store.new_id("discount"), tx.store.clock.now(), subscription, wanted)
    tx.put("discount", made)
    tx.say("customer.discount.created", made)
    return str(made["id"])
