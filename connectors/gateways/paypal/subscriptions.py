"""Subscriptions: cancelled, paused, resumed, and moved to another plan where the payer agrees.

PayPal answers the first three with 204: then it is done. Source: billing_subscriptions_v1.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.actions import Action, CancelSubscription, ChangePlan, PauseSubscription, ResumeSubscription
from connectors.errors import GatewayError, ObjectUnknown, RequestInvalid
from connectors.gateways.paypal.session import Session
from connectors.gateways.paypal.shapes import is_id
from connectors.outcomes import Done, LookedUp, Outcome, Pending
from connectors.states import SubscriptionState

STATES = {
    "ACTIVE": "active",
    "SUSPENDED": "paused",
    "CANCELLED": "cancelled",
    "EXPIRED": "cancelled",
    "APPROVAL_PENDING": "incomplete",
    "APPROVED": "incomplete",
}
GOALS = {
    "cancel_subscription": ("cancel", frozenset({"CANCELLED", "EXPIRED"})),
    "pause_subscription": ("suspend", frozenset({"SUSPENDED"})),
    "resume_subscription": ("activate", frozenset({"ACTIVE"})),
}
"""Action -> the end of PayPal's address, and the statuses in which it is reached."""
LONGEST_REASON = 128
WAITS = "PayPal still shows the old plan; it changes when the payer has agreed on PayPal's page, which cannot be seen."


def state(session: Session, object_id: str) -> SubscriptionState:
    """A subscription as it is now; a status that we do not know is incomplete. Raises ObjectUnknown."""
    found = session.read("subscriptions", object_id)
    subscriber = found.get("subscriber")
    status = STATES.get(str(found.get("status")), "incomplete")
    return SubscriptionState(
        session.account,
        object_id,
        status,
        customer_id=subscriber.get("payer_id") if isinstance(subscriber, Mapping) else None,
        price_id=found.get("plan_id"),
        is_paused=status == "paused",
    )


def change_status(
    session: Session, action: CancelSubscription | PauseSubscription | ResumeSubscription, key: str
) -> Outcome:
    """Cancel, pause or resume; PayPal keeps our reason with the subscription."""
    if isinstance(action, CancelSubscription) and action.at_period_end:
        raise RequestInvalid("PayPal ends a subscription at once only; ask for that, or wait until the period ends.")
    session.read("subscriptions", action.object_id)
    verb, _ = GOALS[action.name]
    body = {"reason": f"{action.reason_code} {action.request_id}"[-LONGEST_REASON:]}
    session.wire.post(f"/v1/billing/subscriptions/{action.object_id}/{verb}", body, headers={})
    return Done(action.object_id, None, session.now())


def look_up_status(session: Session, action: Action) -> LookedUp | None:
    """Whether the subscription is in the status that was asked for."""
    found = _found(session, action)
    if found is None or found.get("status") not in GOALS[action.name][1]:
        return None
    return Done(action.object_id, None, _changed_at(found, session.now()))


def change_plan(session: Session, action: ChangePlan, key: str) -> Outcome:
    """Ask for another plan of the same product. Done only where it shows at once: else the payer must agree."""
    session.read("subscriptions", action.object_id)
    if not is_id(action.price_id):
        raise RequestInvalid(f"{action.price_id[:40]!r} is no id of a plan.")
    path = f"/v1/billing/subscriptions/{action.object_id}/revise"
    answer = session.wire.post(path, {"plan_id": action.price_id}, headers={}).data or {}
    try:
        now = session.read("subscriptions", action.object_id)
    except GatewayError:
        return Pending(WAITS, action.object_id)
    if now.get("plan_id") == action.price_id:
        return Done(action.object_id, None, session.now())
    return Pending(f"The payer must agree first, on this page of PayPal: {_page(answer)}", action.object_id)


def look_up_plan(session: Session, action: ChangePlan) -> LookedUp | None:
    """Done where the plan is there. Until then it is pending for ever: whether the payer was asked cannot be seen."""
    found = _found(session, action)
    if found is None or STATES.get(str(found.get("status"))) == "cancelled":
        return None
    if found.get("plan_id") != action.price_id:
        return Pending(WAITS, action.object_id)
    return Done(action.object_id, None, session.now())


def _found(session: Session, action: Action) -> Mapping[str, Any] | None:
    try:
        return session.read("subscriptions", action.object_id)
    except ObjectUnknown:
        return None


def _changed_at(found: Mapping[str, Any], now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(str(found.get("status_update_time"))).astimezone(UTC)
    except ValueError:
        return now


def _page(answer: Mapping[str, Any]) -> str:
    links = answer.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, Mapping) and link.get("rel") == "approve" and isinstance(link.get("href"), str):
            return str(link["href"])
    return "PayPal's answer names none."
