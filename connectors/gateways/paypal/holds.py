"""Authorizations: captured, in part or whole and several times, or released.

A capture takes no custom_id, so the request id is the last word of its invoice number, which PayPal shows in the
capture, in the order, in its reports and to the payer. The key is kept for 45 days. Source: payments_payment_v2.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.actions import Capture, Void
from connectors.errors import ObjectUnknown, UnexpectedShape
from connectors.gateways.paypal import outcomes
from connectors.gateways.paypal.session import Session, amount_of, whole_of, writing
from connectors.gateways.paypal.shapes import linked_id, payments_of
from connectors.outcomes import Done, LookedUp, Outcome

LONGEST_INVOICE_ID = 127


def capture(session: Session, action: Capture, key: str) -> Outcome:
    """Take the hold or a part of it; what is left can still be captured, until it expires or is voided."""
    held = session.read("authorizations", action.object_id)
    body = {
        "amount": amount_of(action, held),
        "invoice_id": _invoice_id(held, action.request_id),
        # Never from what is left now: the same request must be the same when it is sent again.
        "final_capture": action.amount == whole_of(held),
    }
    path = f"/v2/payments/authorizations/{action.object_id}/capture"
    made = session.wire.post(path, body, headers=writing(key)).data or {}
    return outcomes.outcome(outcomes.CAPTURE, made, action, carried_by="invoice_id")


def look_up_capture(session: Session, action: Capture) -> LookedUp | None:
    """Find it by its request id among the captures of the authorization."""
    try:
        held = session.read("authorizations", action.object_id)
    except ObjectUnknown:
        return None
    if held.get("status") == "CREATED":
        return None
    order = session.order_of(held)
    if order is None:
        raise UnexpectedShape(f"PayPal names no order of {action.object_id}, so its captures cannot be listed.")
    found = [one for one in captures_of(order, held) if outcomes.is_of(one, action.request_id)]
    return outcomes.looked_up(outcomes.CAPTURE, found)


def void(session: Session, action: Void, key: str) -> Outcome:
    """Release what is held. PayPal takes no key for this; twice is refused."""
    session.read("authorizations", action.object_id)
    path = f"/v2/payments/authorizations/{action.object_id}/void"
    session.wire.post(path, None, headers={"Prefer": "return=representation"})
    return Done(action.object_id, None, session.now())


def look_up_void(session: Session, action: Void) -> LookedUp | None:
    """Whether the authorization is released."""
    try:
        held = session.read("authorizations", action.object_id)
    except ObjectUnknown:
        return None
    return Done(action.object_id, None, session.now()) if held.get("status") == "VOIDED" else None


def captures_of(order: Mapping[str, Any], held: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The captures of an authorization within its order."""
    inside = payments_of(order, "captures")
    return [one for one in inside if linked_id(one, "up", "authorizations") in {None, held["id"]}]


def _invoice_id(held: Mapping[str, Any], request_id: str) -> str:
    """The number that the shop gave the order stays in front, where it fits."""
    own = held.get("invoice_id")
    both = f"{own} {request_id}" if isinstance(own, str) and own else request_id
    return both if len(both) <= LONGEST_INVOICE_ID else request_id
