"""Refunds. Recurly refunds invoices; `all_transaction` sends the money back to the payment instead of keeping it as the
customer's credit at the shop. The request id stands in the notes of the credit invoice that a refund makes.

Source: the OpenAPI document, operation refund_invoice.
"""

from __future__ import annotations

from connectors.actions import Refund
from connectors.errors import (
    AlreadyRefunded,
    AmountTooHigh,
    ChargeDisputed,
    Declined,
    ObjectUnknown,
    Refused,
    RequestInvalid,
    UnexpectedShape,
)
from connectors.gateways.recurly.amounts import to_recurly
from connectors.gateways.recurly.objects import note, path_of
from connectors.gateways.recurly.outcomes import looked_up, outcome
from connectors.gateways.recurly.states import charge_state
from connectors.gateways.recurly.stories import Story, read_story
from connectors.gateways.recurly.wire import Wire
from connectors.outcomes import Failed, LookedUp, Outcome
from connectors.states import ChargeState


def refund(wire: Wire, action: Refund) -> Outcome:
    """Refund, unless a refund of this request is there already: then what came of that one."""
    if action.amount.minor <= 0:
        raise RequestInvalid("A refund needs an amount above 0.")
    story = read_story(wire, action.object_id)
    earlier = _found(story, action)
    if isinstance(earlier, Failed):
        raise Declined(earlier.reason)
    if earlier is not None:
        return earlier
    _must_be_possible(charge_state(action.account, story.charge, story.refunds), action, story)
    body = {
        "type": "amount",
        "amount": to_recurly(action.amount),
        "refund_method": "all_transaction",
        "credit_customer_notes": note(action.request_id),
    }
    credit = wire.post(f"{path_of('invoice', story.invoice['id'])}/refund", body).exact()
    return outcome(credit, story.charge)


def find_refund(wire: Wire, action: Refund) -> LookedUp | None:
    """Find the credit invoice that carries the request id; None where there is none."""
    try:
        return _found(read_story(wire, action.object_id), action)
    except (ObjectUnknown, RequestInvalid):
        return None


def _found(story: Story, action: Refund) -> LookedUp | None:
    credit = story.credit_of(action.request_id)
    return None if credit is None else looked_up(credit, story.charge)


def _must_be_possible(state: ChargeState, action: Refund, story: Story) -> None:
    """Raise what Recurly would refuse, or carry out in another way than was asked."""
    if state.captured.currency != action.amount.currency:
        raise RequestInvalid(f"The payment is in {state.captured.currency}, the refund in {action.amount.currency}.")
    if state.is_disputed:
        raise ChargeDisputed("The payment was charged back: the customer's bank has taken its money already.")
    if state.status != "succeeded":
        raise Refused(f"The payment is {state.status}: no money was taken that could be given back.")
    if state.left.minor <= 0:
        raise AlreadyRefunded("The payment was refunded in full already.")
    if state.left < action.amount:
        raise AmountTooHigh(f"Only {state.left} is left of the payment.")
    if story.payments > 1:
        raise RequestInvalid(
            "Several payments paid this invoice, and Recurly would choose among them: refund it there."
        )
    if story.invoice.get("type") == "credit":
        raise UnexpectedShape("The payment belongs to a credit invoice.")
