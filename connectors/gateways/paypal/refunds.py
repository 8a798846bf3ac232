"""Refunds. Each carries the request id as `custom_id`, which PayPal shows in the refund, the order and its reports.

The key is kept for 45 days. Source: payments_payment_v2.json.
"""

from __future__ import annotations

from connectors.actions import Refund
from connectors.errors import ObjectUnknown
from connectors.gateways.paypal import outcomes
from connectors.gateways.paypal.given_back import refunds_of
from connectors.gateways.paypal.session import Session, amount_of, writing
from connectors.outcomes import LookedUp, Outcome


def refund(session: Session, action: Refund, key: str) -> Outcome:
    """Give back a part or all of a capture."""
    body = {"amount": amount_of(action, session.read("captures", action.object_id)), "custom_id": action.request_id}
    made = session.wire.post(f"/v2/payments/captures/{action.object_id}/refund", body, headers=writing(key)).data or {}
    return outcomes.outcome(outcomes.REFUND, made, action)


def look_up(session: Session, action: Refund) -> LookedUp | None:
    """Find it by its request id among all refunds of the payment."""
    try:
        capture = session.read("captures", action.object_id)
    except ObjectUnknown:
        return None
    found = refunds_of(session.reader, capture, session.order_of(capture), now=session.now())
    return outcomes.looked_up(outcomes.REFUND, [one for one in found if outcomes.is_of(one, action.request_id)])
