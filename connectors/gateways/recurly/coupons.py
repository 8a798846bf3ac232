"""Coupons of a subscription: redeemed, and taken off again.

The document has no address for taking one certain redemption off, only "the active one of the account". So it is asked
only where the account has a single active redemption, and that one is the subscription's.
Source: the OpenAPI document, create_coupon_redemption, list_active_coupon_redemptions, remove_coupon_redemption.
"""

from __future__ import annotations

from connectors.actions import ApplyCoupon, RemoveCoupon
from connectors.errors import Refused
from connectors.gateways.recurly.goals import Goal
from connectors.gateways.recurly.objects import Object, an_id, path_of, rows
from connectors.gateways.recurly.wire import Wire


def applied(action: ApplyCoupon) -> Goal:
    """The coupon is redeemed on the subscription."""

    def ask(wire: Wire, now: Object) -> None:
        body = {
            "coupon_id": an_id(action.coupon_id),
            "currency": now.get("currency"),
            "subscription_id": action.object_id,
        }
        wire.post(_active(now), body)

    return Goal("subscription", action.object_id, lambda now: action.coupon_id in coupon_ids(now), ask)


def removed(action: RemoveCoupon) -> Goal:
    """No coupon is redeemed on the subscription."""

    def ask(wire: Wire, now: Object) -> None:
        active = rows(wire, _active(now))
        if [each.get("subscription_id") for each in active] != [action.object_id]:
            raise Refused(
                f"The account has {len(active)} active redemptions, and Recurly's API would choose among them: "
                "remove the coupon in Recurly itself."
            )
        wire.delete(_active(now))

    return Goal("subscription", action.object_id, lambda now: not coupon_ids(now), ask)


def coupon_ids(subscription: Object) -> tuple[str, ...]:
    """The coupons that are redeemed on a subscription now."""
    redemptions = subscription.get("coupon_redemptions") or ()
    return tuple(
        str((each.get("coupon") or {}).get("id")) for each in redemptions if each.get("state", "active") == "active"
    )


def _active(subscription: Object) -> str:
    return f"{path_of('account', str((subscription.get('account') or {}).get('id')))}/coupon_redemptions/active"
