"""Subscriptions: begun, ended, moved to another price, paused, and given a discount.

Source: https://docs.stripe.com/api/subscriptions, https://docs.stripe.com/billing/subscriptions/pause-payment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import stripe
from connectors.actions import (
    ApplyCoupon,
    CancelSubscription,
    ChangePlan,
    CreateSubscription,
    PauseSubscription,
    RemoveCoupon,
    ResumeSubscription,
)
from connectors.errors import ObjectUnknown, Refused, RequestInvalid
from connectors.gateways.stripe.charges import Charges
from connectors.gateways.stripe.intents import moment
from connectors.gateways.stripe.outcomes import best
from connectors.gateways.stripe.sdk import Answered, Sdk, an_id, with_key
from connectors.gateways.stripe.states import coupon_ids, is_about_to_end, only_item, price_of
from connectors.gateways.stripe.tracing import COUPON_IN_METADATA, carries, metadata
from connectors.outcomes import Done, Failed, LookedUp, Outcome, Pending

Change = CancelSubscription | ChangePlan | PauseSubscription | ResumeSubscription | ApplyCoupon | RemoveCoupon
ENDED = frozenset({"canceled", "incomplete_expired"})
WITH_DISCOUNTS = ["discounts"]


def create(sdk: Sdk, charges: Charges, action: CreateSubscription, key: str) -> Outcome:
    """Begin a subscription. Where its first invoice cannot be paid there is none, and Declined says so."""
    options = with_key(key)
    params: stripe.params.SubscriptionCreateParams = {
        "customer": an_id(action.object_id),
        "items": [{"price": action.price_id, "quantity": action.quantity}],
        "off_session": True,
        "payment_behavior": "error_if_incomplete",
        "metadata": metadata(action),
    }
    made = _created(sdk.write(lambda: sdk.v1.subscriptions.create(params=params, options=options)).fields)
    if isinstance(made, Failed):
        raise Refused(made.reason)
    return made


def find_created(sdk: Sdk, charges: Charges, action: CreateSubscription, key: str) -> LookedUp | None:
    """The subscription with this request id among those of the customer, ended ones too."""
    try:
        of_customer = {"customer": an_id(action.object_id), "status": "all"}
        listed = list(sdk.every(lambda params: sdk.v1.subscriptions.list(params=params), of_customer))
    except ObjectUnknown:
        return None
    return best([_created(one) for one in listed if carries(one, action)])


def change(sdk: Sdk, charges: Charges, action: Change, key: str) -> Outcome:
    """Bring a subscription to what is asked for; one that is there already is left as it is."""
    options, now = with_key(key), _seen(sdk, action.object_id)
    if _is_reached(action, now.fields):
        return _done(action, now)
    if isinstance(action, CancelSubscription) and not action.at_period_end:
        # Nothing is invoiced at once: that would also take money for usage. The credit waits for the next invoice.
        ending: stripe.params.SubscriptionCancelParams = {"prorate": action.is_prorated, "expand": WITH_DISCOUNTS}
        wanted = action.object_id
        return _told(action, sdk.write(lambda: sdk.v1.subscriptions.cancel(wanted, params=ending, options=options)))
    params = _params(action, now.fields)
    params["expand"] = WITH_DISCOUNTS
    service = sdk.v1.subscriptions
    return _told(action, sdk.write(lambda: service.update(action.object_id, params=params, options=options)))


def find_change(sdk: Sdk, charges: Charges, action: Change, key: str) -> LookedUp | None:
    """Done where the subscription is as asked for, whoever did it."""
    try:
        now = _seen(sdk, action.object_id)
    except ObjectUnknown:
        return None
    return _done(action, now) if _is_reached(action, now.fields) else None


def read(sdk: Sdk, subscription_id: str) -> dict[str, Any]:
    """A subscription with its discounts. Raises ObjectUnknown."""
    return _seen(sdk, subscription_id).fields


def _seen(sdk: Sdk, subscription_id: str) -> Answered:
    wanted = an_id(subscription_id)
    return sdk.look(lambda: sdk.v1.subscriptions.retrieve(wanted, params={"expand": WITH_DISCOUNTS}))


def _params(action: Change, now: Mapping[str, Any]) -> stripe.params.SubscriptionUpdateParams:
    match action:
        case CancelSubscription():
            if action.is_prorated:
                raise RequestInvalid("What ends with the paid period has no unused part to credit.")
            return {"cancel_at_period_end": True}
        case ChangePlan():
            return _to_price(action, now)
        case PauseSubscription():
            # Invoices of the pause are void: nobody owes them when it ends.
            return {"pause_collection": {"behavior": "void"}}
        case ResumeSubscription():
            return _resumed(now)
        case ApplyCoupon():
            # The list replaces the discounts that are there, so that those are named too.
            kept = [{"discount": str(one["id"])} for one in now.get("discounts") or [] if isinstance(one, dict)]
            discounts: Any = [*kept, {"coupon": action.coupon_id}]
            return {"discounts": discounts, "metadata": metadata(action, name=COUPON_IN_METADATA)}
        case RemoveCoupon():
            return {"discounts": ""}


def _to_price(action: ChangePlan, now: Mapping[str, Any]) -> stripe.params.SubscriptionUpdateParams:
    item = only_item(now)
    if item is None:
        raise Refused(f"{action.object_id} has several prices; change them in Stripe's dashboard.")
    return {
        # Without a quantity Stripe sets it to 1.
        "items": [{"id": str(item["id"]), "price": action.price_id, "quantity": int(item.get("quantity") or 1)}],
        "proration_behavior": "create_prorations" if action.is_prorated else "none",
        # Another interval is billed at once: where that cannot be paid, nothing is changed.
        "payment_behavior": "error_if_incomplete",
        "off_session": True,
    }


def _resumed(now: Mapping[str, Any]) -> stripe.params.SubscriptionUpdateParams:
    if now.get("status") == "paused":
        raise Refused("Resuming this pause bills a new period at once; do it in Stripe's dashboard.")
    params: stripe.params.SubscriptionUpdateParams = {}
    if now.get("pause_collection") is not None:
        params["pause_collection"] = ""
    if now.get("cancel_at_period_end"):
        params["cancel_at_period_end"] = False
    elif now.get("cancel_at") is not None:
        params["cancel_at"] = ""
    if not params:
        raise Refused(f"The subscription is {str(now.get('status'))[:40]}: it cannot be resumed.")
    return params


def _is_reached(action: Change, now: Mapping[str, Any]) -> bool:
    is_over = str(now.get("status")) in ENDED
    match action:
        case CancelSubscription():
            return is_over or (action.at_period_end and _ends_with_period(now))
        case ChangePlan():
            return not is_over and price_of(only_item(now)) == action.price_id
        case PauseSubscription():
            return not is_over and (now.get("pause_collection") is not None or now.get("status") == "paused")
        case ResumeSubscription():
            waits = now.get("pause_collection") is not None or is_about_to_end(now)
            return not is_over and now.get("status") != "paused" and not waits
        case ApplyCoupon():
            return action.coupon_id in coupon_ids(now) or carries(now, action, name=COUPON_IN_METADATA)
        case RemoveCoupon():
            return not coupon_ids(now)


def _ends_with_period(now: Mapping[str, Any]) -> bool:
    if now.get("cancel_at_period_end") is True:
        return True
    at, items = now.get("cancel_at"), now.get("items")
    listed = items.get("data") or [] if isinstance(items, dict) else []
    ends = [item["current_period_end"] for item in listed if isinstance(item.get("current_period_end"), int)]
    return isinstance(at, int) and bool(ends) and at <= max(ends)


def _told(action: Change, answered: Answered) -> Outcome:
    if _is_reached(action, answered.fields):
        return _done(action, answered)
    return Pending("Stripe took the change and does not show it yet; it is looked up again.", action.object_id)


def _done(action: Change, now: Answered) -> Done:
    has_time = isinstance(action, CancelSubscription) and now.fields.get("canceled_at") is not None
    return Done(action.object_id, None, moment(now.fields, "canceled_at") if has_time else now.at)


def _created(made: Mapping[str, Any]) -> LookedUp:
    at, reference, status = moment(made, "created"), str(made.get("id")), made.get("status")
    if status == "incomplete":
        return Pending("The first invoice of the subscription is not paid yet.", reference)
    if status == "incomplete_expired":
        return Failed(
            "The first invoice was not paid within a day, so the subscription did not begin.", reference, None
        )
    return Done(reference, None, at)
