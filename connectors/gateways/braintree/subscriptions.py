"""Subscriptions: created under the request's id, cancelled, moved to another plan, given and relieved of discounts.

Braintree knows no end "at the period's end": a subscription ends by itself when its number of billing cycles is the
cycle that it is in. Its coupons are called discounts.
Source: developer.paypal.com/braintree/docs/reference/request/subscription/{create,update,cancel} and its guide
"Manage subscriptions"; the SDK's subscription.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.actions import (
    ApplyCoupon,
    CancelSubscription,
    ChangePlan,
    CreateSubscription,
    RemoveCoupon,
    ResumeSubscription,
)
from connectors.errors import ObjectUnknown, Refused, RequestInvalid
from connectors.gateways.braintree.calls import Calls, an_id
from connectors.gateways.braintree.fields import Fields, subscription_fields
from connectors.gateways.braintree.merchant_accounts import merchant_account_for
from connectors.gateways.braintree.plans import plan_of
from connectors.gateways.braintree.refusals import IN_USE
from connectors.gateways.braintree.states import GONE, ends_by_itself
from connectors.outcomes import Done

KEEP_PRICE = {"prorate_charges": False}
"""What changes counts from the next bill on, whatever the account's setting says."""


def create(calls: Calls, action: CreateSubscription, key: str) -> Done:
    """Bill the customer's default payment method by a plan. A second subscription of one request is impossible: both
    would have the request's id."""
    customer = calls.customer(action.object_id)
    if customer["token"] is None:
        raise Refused("The customer has no stored payment method at Braintree; nothing was sent.")
    plan = plan_of(calls, action.price_id)
    params = {
        "id": action.request_id,
        "payment_method_token": customer["token"],
        "plan_id": action.price_id,
        "merchant_account_id": merchant_account_for(calls, plan.currency),
    }
    try:
        made = calls.write(lambda sdk: sdk.subscription.create(params), "subscription")
    except RequestInvalid as error:
        found = look_up_created(calls, action) if error.code == IN_USE else None
        if found is None:
            raise
        return found
    return _created(subscription_fields(made, is_write=True))


def look_up_created(calls: Calls, action: CreateSubscription) -> Done | None:
    """By its id."""
    found = _known(calls, action.request_id)
    return None if found is None else _created(found)


def cancel(calls: Calls, action: CancelSubscription, key: str) -> Done:
    """End it now, or let the cycle that it is in be the last one."""
    if not action.at_period_end:
        name = an_id(action.object_id)
        return _changed(calls.write(lambda sdk: sdk.subscription.cancel(name), "subscription"))
    found = _living(calls, action.object_id)
    if not found["current_billing_cycle"]:
        raise Refused(
            "It has not been billed yet, and Braintree would bill it once before it ends. Cancel it at once instead: "
            "nothing was paid that would be lost."
        )
    return _update(calls, found, {"number_of_billing_cycles": found["current_billing_cycle"]})


def look_up_cancelled(calls: Calls, action: CancelSubscription) -> Done | None:
    """Whether it has ended, or will by itself."""

    def is_reached(found: Fields) -> bool:
        return found["status"] in GONE or (action.at_period_end and ends_by_itself(found))

    return _reached(calls, action.object_id, is_reached)


def resume(calls: Calls, action: ResumeSubscription, key: str) -> Done:
    """Take back a cancellation at the period's end: it bills again as often as its plan says."""
    found = _living(calls, action.object_id)
    if not ends_by_itself(found):
        raise Refused("The subscription is not about to end; nothing was sent.")
    cycles = plan_of(calls, str(found["plan_id"])).number_of_billing_cycles
    if cycles is None:
        return _update(calls, found, {"never_expires": True, "number_of_billing_cycles": None})
    if cycles <= found["current_billing_cycle"]:
        raise Refused(f"The plan bills {cycles} times, and all of them are over; nothing was sent.")
    return _update(calls, found, {"number_of_billing_cycles": cycles})


def look_up_resumed(calls: Calls, action: ResumeSubscription) -> Done | None:
    """Whether it lives and goes on."""
    return _reached(calls, action.object_id, lambda found: found["status"] not in GONE and not ends_by_itself(found))


def change_plan(calls: Calls, action: ChangePlan, key: str) -> Done:
    """Move it to another plan and to that plan's price, which Braintree does not do by itself.

    With proration Braintree charges the difference at once; where that is declined, nothing changes.
    """
    found = _living(calls, action.object_id)
    if found["plan_id"] == action.price_id:
        return _done(found)
    plan = plan_of(calls, action.price_id)
    if plan.currency != found["currency"]:
        raise Refused(f"The subscription is in {found['currency']}, the plan in {plan.currency}; nothing was sent.")
    options = {"prorate_charges": action.is_prorated, "revert_subscription_on_proration_failure": True}
    return _update(calls, found, {"plan_id": action.price_id, "price": plan.price, "options": options})


def look_up_plan(calls: Calls, action: ChangePlan) -> Done | None:
    """Whether it is on this plan."""
    return _reached(calls, action.object_id, lambda found: bool(found["plan_id"] == action.price_id))


def apply_coupon(calls: Calls, action: ApplyCoupon, key: str) -> Done:
    """Add a discount of the account, as it stands in Braintree's control panel."""
    found = _living(calls, action.object_id)
    added = {"add": [{"inherited_from_id": action.coupon_id}]}
    return _update(calls, found, {"discounts": added, "options": KEEP_PRICE})


def look_up_coupon(calls: Calls, action: ApplyCoupon) -> Done | None:
    """Whether it has the discount."""
    return _reached(calls, action.object_id, lambda found: action.coupon_id in found["discount_ids"])


def remove_coupon(calls: Calls, action: RemoveCoupon, key: str) -> Done:
    """Take off all discounts that it has now."""
    found = _living(calls, action.object_id)
    if not found["discount_ids"]:
        raise Refused("The subscription has no discount; nothing was sent.")
    removed = {"remove": list(found["discount_ids"])}
    return _update(calls, found, {"discounts": removed, "options": KEEP_PRICE})


def look_up_no_coupon(calls: Calls, action: RemoveCoupon) -> Done | None:
    """Whether it has no discount."""
    return _reached(calls, action.object_id, lambda found: not found["discount_ids"])


def _living(calls: Calls, wanted: str) -> Fields:
    found = calls.subscription(wanted)
    if found["status"] in GONE:
        raise Refused(f"The subscription is {str(found['status']).lower()}; Braintree changes it no more.")
    return found


def _update(calls: Calls, found: Fields, params: Mapping[str, Any]) -> Done:
    return _changed(calls.write(lambda sdk: sdk.subscription.update(found["id"], dict(params)), "subscription"))


def _changed(made: object) -> Done:
    return _done(subscription_fields(made, is_write=True))


def _reached(calls: Calls, wanted: str, is_reached: Callable[[Fields], bool]) -> Done | None:
    found = _known(calls, wanted)
    return _done(found) if found is not None and is_reached(found) else None


def _known(calls: Calls, wanted: str) -> Fields | None:
    try:
        return calls.subscription(wanted)
    except ObjectUnknown:
        return None


def _done(found: Fields) -> Done:
    return Done(str(found["id"]), None, found["updated_at"])


def _created(found: Fields) -> Done:
    return Done(str(found["id"]), None, found["created_at"])
