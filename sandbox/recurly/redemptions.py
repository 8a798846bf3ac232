"""Coupons on subscriptions: redeemed on an account for one of its subscriptions, and taken off again."""

from sandbox.recurly import bodies, shapes
from sandbox.recurly.errors import invalid, not_found
from sandbox.recurly.living import event
from sandbox.standin.messages import Json
from sandbox.standin.store import Change, Store


def active(store: Store, account_id: str) -> list[Json]:
    """The active redemptions of an account, oldest first."""
    every = store.of("coupon_redemption").values()
    return [one for one in every if one["account"]["id"] == account_id and one["state"] == "active"]


def redeem(store: Store, account_id: str, body: bytes) -> Json:
    """POST …/coupon_redemptions/active."""
    sent = bodies.read(body, "coupon_id currency subscription_id")
    change = Change(store)
    account = change.get("account", account_id)
    coupon = change.get("coupon", bodies.text(sent, "coupon_id"))
    subscription = change.get("subscription", bodies.text(sent, "subscription_id"))
    if account is None or subscription is None:
        raise not_found("subscription" if account else "account", account_id)
    if coupon is None:
        raise not_found("coupon", str(sent["coupon_id"]))
    if coupon["state"] != "redeemable" or subscription["account"]["id"] != account_id:
        raise invalid("Coupon is not redeemable", "coupon_id")
    if subscription["state"] in ("expired", "failed"):
        raise invalid("Coupon cannot be redeemed on an inactive subscription", "subscription_id")
    if any(one["coupon"]["id"] == coupon["id"] for one in subscription.get("coupon_redemptions", [])):
        raise invalid("Coupon was redeemed on this subscription already", "coupon_id")
    made = redemption(
        shapes.new_id("redemption", "live", store.next_number()), store.now(), account, subscription, coupon
    )
    change.put("coupon_redemption", made)
    change.put("subscription", subscription)
    change.tell(event(subscription, "subscription", "updated", subscription["updated_at"]))
    change.commit()
    return made


def remove(store: Store, account_id: str) -> Json:
    """DELETE …/coupon_redemptions/active: of several the newest."""
    found = active(store, account_id)
    if not found:
        raise not_found("coupon_redemption", account_id)
    change = Change(store)
    now = shapes.iso(store.now())
    made = change.get("coupon_redemption", found[-1]["id"]) or {}
    made.update(state="inactive", removed_at=now, updated_at=now)
    subscription = change.get("subscription", made["subscription_id"]) or {}
    left = [one for one in subscription["coupon_redemptions"] if one["id"] != made["id"]]
    subscription.update(coupon_redemptions=left, updated_at=now)
    change.put("coupon_redemption", made)
    change.put("subscription", subscription)
    change.tell(event(subscription, "subscription", "updated", now))
    change.commit()
    return made


def redemption(wanted: str, when: int, account: Json, subscription: Json, coupon: Json) -> Json:
    """An active redemption; it stands in short on its subscription too."""
    names = ("id", "object", "code", "name", "state", "coupon_type", "discount")
    mini: Json = {"id": wanted, "object": "coupon_redemption", "coupon": {name: coupon[name] for name in names}}
    mini |= {"state": "active", "discounted": 0.0, "created_at": shapes.iso(when)}
    subscription.setdefault("coupon_redemptions", []).append(mini)
    subscription["updated_at"] = max(subscription["updated_at"], shapes.iso(when))
    return {
        "id": wanted,
        "object": "coupon_redemption",
        "account": shapes.account_mini(account),
        "subscription_id": subscription["id"],
        "coupon": coupon,
        "state": "active",
        "currency": subscription["currency"],
        "discounted": 0.0,
        **shapes.times(when),
    }
