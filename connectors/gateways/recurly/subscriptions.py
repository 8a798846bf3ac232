"""Subscriptions: begun, changed, paused and ended. All but the beginning are goals that the subscription itself tells.

A subscription that is begun carries its request id in its notes. Source: the OpenAPI document, operations
create_subscription, cancel_, terminate_, pause_, resume_, reactivate_subscription and create_subscription_change.
"""

from __future__ import annotations

from connectors.actions import (
    CancelSubscription,
    ChangePlan,
    CreateSubscription,
    PauseSubscription,
    ResumeSubscription,
)
from connectors.errors import Declined, ObjectUnknown, OutcomeUnknown, Refused, RequestInvalid
from connectors.gateways.recurly.goals import Goal
from connectors.gateways.recurly.objects import Object, note, path_of, read, request_id_of, rows, time_of
from connectors.gateways.recurly.wire import Wire
from connectors.outcomes import Done, Failed, LookedUp, Outcome

LONGEST_PAUSE = 120
"""Billing cycles: Recurly pauses for a number of them, never without an end."""
ENDED = frozenset({"expired", "failed"})


def create(wire: Wire, action: CreateSubscription) -> Outcome:
    """Begin a subscription, unless one of this request is there already. The first period is charged at once."""
    payer = read(wire, "account", action.object_id)
    earlier = _found(wire, action)
    if isinstance(earlier, Failed):
        raise Declined(earlier.reason)
    if earlier is not None:
        return earlier
    if not payer.get("billing_info"):
        raise Refused("The account has no billing information: there is no method to charge.")
    plan_id, currency = _price(action.price_id)
    plan = read(wire, "plan", plan_id)
    _must_be_sold(plan, currency)
    body = {
        "account": {"code": payer["code"]},
        "plan_id": plan["id"],
        "plan_code": plan["code"],
        "currency": currency,
        "quantity": action.quantity,
        "customer_notes": note(action.request_id),
    }
    came = _told(wire.post("/subscriptions", body).exact())
    if isinstance(came, Failed):
        raise Declined(came.reason)
    return came


def find_created(wire: Wire, action: CreateSubscription) -> LookedUp | None:
    """The subscription that carries the request id; None where there is none."""
    try:
        return _found(wire, action)
    except (ObjectUnknown, RequestInvalid):
        return None


def cancelled(action: CancelSubscription) -> Goal:
    """Ended now, with the unused part given back where that is asked, or with the period that was paid for."""
    if action.at_period_end and action.is_prorated:
        raise RequestInvalid("The unused part is counted only where the subscription ends now.")
    path = path_of("subscription", action.object_id)

    def ask(wire: Wire, _: Object) -> Object:
        if action.at_period_end:
            ended: Object = wire.put(f"{path}/cancel", {"timeframe": "bill_date"}).exact()
        else:
            ended = wire.delete(path, {"refund": "partial" if action.is_prorated else "none"}).exact()
        return ended

    states = ENDED | {"canceled"} if action.at_period_end else ENDED
    return Goal("subscription", action.object_id, lambda now: now.get("state") in states, ask)


def changed(action: ChangePlan) -> Goal:
    """On another plan: now and prorated, or without proration from the next bill on."""
    plan_id, currency = _price(action.price_id)

    def is_reached(now: Object) -> bool:
        pending = now.get("pending_change")
        if pending and (pending.get("plan") or {}).get("id") is not None:
            return not action.is_prorated and pending["plan"]["id"] == plan_id
        return (now.get("plan") or {}).get("id") == plan_id

    def ask(wire: Wire, now: Object) -> None:
        if now.get("currency") != currency:
            raise RequestInvalid(f"The subscription is in {now.get('currency')}, the price in {currency}.")
        plan = read(wire, "plan", plan_id)
        _must_be_sold(plan, currency)
        # Quantity and way of collecting are said again: the document gives both a default.
        body = {
            "plan_id": plan["id"],
            "plan_code": plan["code"],
            "timeframe": "now" if action.is_prorated else "bill_date",
            "quantity": now.get("quantity", 1),
            "collection_method": now.get("collection_method", "automatic"),
        }
        wire.post(f"{path_of('subscription', action.object_id)}/change", body)

    return Goal("subscription", action.object_id, is_reached, ask)


def paused(action: PauseSubscription) -> Goal:
    """Paused, or to be paused when the period that was paid for ends."""

    def ask(wire: Wire, _: Object) -> Object:
        path = f"{path_of('subscription', action.object_id)}/pause"
        answer: Object = wire.put(path, {"remaining_pause_cycles": LONGEST_PAUSE}).exact()
        return answer

    return Goal("subscription", action.object_id, is_paused, ask)


def resumed(action: ResumeSubscription) -> Goal:
    """Active and renewing: an end of the pause, of one that is still to come, or of a cancellation."""
    path = path_of("subscription", action.object_id)

    def ask(wire: Wire, now: Object) -> Object:
        if now.get("state") == "canceled":
            answer: Object = wire.put(f"{path}/reactivate").exact()
        elif now.get("state") == "paused":
            answer = wire.put(f"{path}/resume").exact()
        elif is_paused(now):
            answer = wire.put(f"{path}/pause", {"remaining_pause_cycles": 0}).exact()
        else:
            raise Refused(f"The subscription is {now.get('state')}: it is neither paused nor about to end.")
        return answer

    def is_reached(now: Object) -> bool:
        # A cancelled subscription cannot be paused, so that nothing but one of the three stands against it.
        return now.get("state") == "active" and not is_paused(now)

    return Goal("subscription", action.object_id, is_reached, ask)


def is_paused(now: Object) -> bool:
    """Whether a subscription is paused, or will be when its period ends."""
    return now.get("state") == "paused" or (now.get("remaining_pause_cycles") or 0) > 0


def _price(price_id: str) -> tuple[str, str]:
    """Plan and currency of a price as the canonical table names it: "plan id:currency"."""
    plan_id, _, currency = price_id.partition(":")
    if not plan_id or len(currency) != 3 or not currency.isupper():
        raise RequestInvalid(f"{price_id[:60]!r} is no price here: it is the plan's id, a colon and the currency.")
    return plan_id, currency


def _must_be_sold(plan: Object, currency: str) -> None:
    if currency not in {each.get("currency") for each in plan.get("currencies") or ()}:
        raise RequestInvalid(f"The plan {plan['code']} has no price in {currency}.")


def _found(wire: Wire, action: CreateSubscription) -> LookedUp | None:
    path = f"{path_of('account', action.object_id)}/subscriptions"
    for each in rows(wire, path, {"limit": 200, "sort": "created_at", "order": "desc"}):
        if request_id_of(each) == action.request_id:
            return _told(each)
    return None


def _told(made: Object) -> Done | Failed:
    try:
        reference = str(made["id"])
        if made["state"] == "failed":
            return Failed("Recurly made the subscription and it failed; it collects nothing.", reference, None)
        return Done(reference, None, time_of(made["created_at"]))
    except (KeyError, ValueError) as error:
        raise OutcomeUnknown(f"Recurly's subscription cannot be read ({type(error).__name__}): look it up.") from None
