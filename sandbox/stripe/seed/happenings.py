"""Events of the last thirty days, which is as long as Stripe lists them."""

import copy

from sandbox.stripe.clock import DAY
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.shapes.event import bare_event
from sandbox.stripe.wire import Json

KEPT_DAYS = 30
CREATED = {
    "customer": "customer.created",
    "subscription": "customer.subscription.created",
    "refund": "refund.created",
    "dispute": "charge.dispute.created",
    "credit_note": "credit_note.created",
}


def tell(ground: Ground) -> None:
    """Add an event for what was made or ended in the last days before the end."""
    since = ground.end - KEPT_DAYS * DAY
    told: list[tuple[int, str, Json]] = []
    for kind, obj, _ in ground.rows:
        if obj.get("created", 0) >= since:
            told.extend((obj["created"], name, obj) for name in _names(kind, obj))
    charges = {charge["id"]: charge for charge in ground.every("charge")}
    for refund in ground.every("refund"):
        if refund["created"] >= since:
            told.append((refund["created"], "charge.refunded", charges[refund["charge"]]))
    for when, name, obj in told:
        ground.add("event", bare_event(ground.new_id("event"), when, name, copy.deepcopy(obj)))


def _names(kind: str, obj: Json) -> list[str]:
    if kind == "charge":
        return ["charge.succeeded" if obj["paid"] else "charge.failed"]
    if kind == "payment_intent":
        return ["payment_intent.created"] + ["payment_intent.succeeded"] * (obj["status"] == "succeeded")
    if kind == "invoice":
        return ["invoice.created", "invoice.finalized"] + ["invoice.paid"] * (obj["status"] == "paid")
    if kind == "payout":
        return ["payout.created"] + ["payout.paid"] * (obj["status"] == "paid")
    return [CREATED[kind]] if kind in CREATED else []
