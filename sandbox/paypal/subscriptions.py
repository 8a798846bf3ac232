"""Subscriptions: cancelled, suspended, activated, and revised, for which a payer must agree on a page of PayPal."""

from sandbox.paypal import shapes
from sandbox.paypal.change import Change
from sandbox.paypal.errors import PayPalError, unknown
from sandbox.paypal.store import Entry
from sandbox.stripe.wire import Json

LONGEST = 128
MONTH = 30 * 86_400
FROM = {
    "cancel": (("ACTIVE", "SUSPENDED"), "CANCELLED"),
    "suspend": (("ACTIVE",), "SUSPENDED"),
    "activate": (("SUSPENDED",), "ACTIVE"),
}
"""Verb -> the statuses in which it is possible, and the one after it."""


def cancel(change: Change, wanted: str, sent: Json) -> Entry:
    """End it at once."""
    return _to(change, wanted, sent, "cancel")


def suspend(change: Change, wanted: str, sent: Json) -> Entry:
    """Collect nothing from now on."""
    return _to(change, wanted, sent, "suspend")


def activate(change: Change, wanted: str, sent: Json) -> Entry:
    """Collect again."""
    return _to(change, wanted, sent, "activate")


def revise(change: Change, wanted: str, sent: Json) -> Entry:
    """Ask for another plan. One that a card pays has no page of PayPal on which anybody could agree."""
    found = _subscription(change, wanted)
    if found.shown["status"] not in ("ACTIVE", "SUSPENDED"):
        raise PayPalError(422)
    old, new = change.get("plan", found.shown["plan_id"]), change.get("plan", str(sent.get("plan_id")))
    if new is None or old is None:
        raise PayPalError(400, "INVALID_PARAMETER_VALUE", field="/plan_id")
    if new.shown["product_id"] != old.shown["product_id"]:
        raise PayPalError(422, "PLAN_PRODUCT_NOT_COMPATIBLE")
    found.hidden["asked"] = new.wanted
    change.put(found)
    return agree(change, wanted) if found.hidden.get("by_card") else found


def agree(change: Change, wanted: str) -> Entry:
    """The payer agreed to the plan that they were asked about."""
    found = _subscription(change, wanted)
    if "asked" in found.hidden:
        found.shown["plan_id"] = found.hidden.pop("asked")
        change.put(found)
        change.say("BILLING.SUBSCRIPTION.UPDATED", "subscription", found.shown)
    return found


def revised(found: Entry) -> Json:
    """What PayPal answers to a revision."""
    path = f"/v1/billing/subscriptions/{found.wanted}"
    links = [shapes.link(path), shapes.link(f"{path}/revise", "edit", "PATCH")]
    asked = found.hidden.get("asked")
    if asked is not None:
        address = f"https://www.paypal.com/webapps/billing/subscriptions/update?ba_token=BA-{found.wanted[1:]}"
        links.insert(0, {"href": address, "rel": "approve", "method": "GET"})
    return {"plan_id": asked or found.shown["plan_id"], "plan_overridden": False, "links": links}


def _to(change: Change, wanted: str, sent: Json, verb: str) -> Entry:
    reason = sent.get("reason")
    if verb != "activate" and not (isinstance(reason, str) and reason):
        raise PayPalError(400)
    if isinstance(reason, str) and len(reason) > LONGEST:
        raise PayPalError(400, "INVALID_STRING_MAX_LENGTH", field="/reason")
    found = _subscription(change, wanted)
    allowed, after = FROM[verb]
    if found.shown["status"] not in allowed:
        needed = " or ".join(status.lower() for status in allowed)
        raise PayPalError(422, "SUBSCRIPTION_STATUS_INVALID", verb=verb, wanted=needed)
    found.shown.update(status=after, status_update_time=shapes.iso(change.now), status_change_note=reason or "")
    billing = found.shown.setdefault("billing_info", {})
    billing.pop("next_billing_time", None)
    if after == "ACTIVE":
        billing["next_billing_time"] = shapes.iso(change.now + MONTH)
    change.put(found)
    kind = "RE-ACTIVATED" if verb == "activate" else after
    change.say(f"BILLING.SUBSCRIPTION.{kind}", "subscription", found.shown)
    return found


def _subscription(change: Change, wanted: str) -> Entry:
    found = change.get("subscription", wanted)
    if found is None:
        raise unknown()
    return found
