"""Acting on a Recurly site. Never repeats anything, and looks before it sends: Recurly has no idempotency keys.

Recurly refunds invoices. `all_transaction` keeps the money on its way back to the payment instead of the customer's
credit at the shop. The request id stands in the notes of the credit invoice that a refund makes.
Source: the OpenAPI document, operation refund_invoice.
"""

from __future__ import annotations

import re
import threading

from connectors.actions import Action, ObjectKind, Refund
from connectors.errors import (
    AlreadyRefunded,
    AmountTooHigh,
    ChargeDisputed,
    Declined,
    ObjectUnknown,
    Refused,
    RequestInvalid,
    UnexpectedShape,
    Unsupported,
)
from connectors.gateway import AccountAccess
from connectors.gateways.recurly.amounts import to_recurly
from connectors.gateways.recurly.outcomes import looked_up, outcome
from connectors.gateways.recurly.refunds import Story, note, read_charge, read_story
from connectors.gateways.recurly.states import charge_state
from connectors.gateways.recurly.wire import Wire
from connectors.outcomes import Failed, LookedUp, Outcome
from connectors.states import ChargeState, ObjectState

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,127}")
SIDE_BY_SIDE = 64


class RecurlyActor:
    """The act side of one site; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(self, access: AccountAccess, *, timeout_s: float = 20.0) -> None:
        self._account = access.account
        self._wire = Wire(access, timeout_s=timeout_s)
        # Between looking and sending nobody of this process may send for the same charge.
        self._locks = [threading.Lock() for _ in range(SIDE_BY_SIDE)]

    def __repr__(self) -> str:
        return f"RecurlyActor({self._account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        if kind != "charge":
            raise Unsupported(f"There are no actions on a {kind} here.")
        return self.charge_state(object_id)

    def charge_state(self, charge_id: str) -> ChargeState:
        """Read a payment with its refunds. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        charge = read_charge(self._wire, charge_id)
        if not charge.get("invoice"):
            return charge_state(self._account, charge, ())
        return self._state(read_story(self._wire, charge_id))

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Refund, unless a refund of this request is there already: then what came of that one.

        Raises a GatewayError: Refused and NotAccepted say that nothing moved, OutcomeUnknown to look up.
        """
        action = _a_refund(action)
        self._check(action)
        with self._locks[hash(action.object_id) % SIDE_BY_SIDE]:
            story = read_story(self._wire, action.object_id)
            earlier = self._found(story, action)
            if isinstance(earlier, Failed):
                raise Declined(earlier.reason)
            if earlier is not None:
                return earlier
            _must_be_possible(self._state(story), action, story)
            return self._send(action, story)

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """Find the credit invoice that carries the request id; None where there is none."""
        action = _a_refund(action)
        self._check_account(action)
        try:
            return self._found(read_story(self._wire, action.object_id), action)
        except (ObjectUnknown, RequestInvalid):
            return None

    def close(self) -> None:
        self._wire.close()

    def _send(self, action: Refund, story: Story) -> Outcome:
        body = {
            "type": "amount",
            "amount": to_recurly(action.amount),
            "refund_method": "all_transaction",
            "credit_customer_notes": note(action.request_id),
        }
        credit = self._wire.post(f"/invoices/{story.invoice['id']}/refund", body).exact()
        return outcome(credit, story.charge)

    def _state(self, story: Story) -> ChargeState:
        return charge_state(self._account, story.charge, story.refunds)

    @staticmethod
    def _found(story: Story, action: Refund) -> LookedUp | None:
        credit = story.credit_of(action.request_id)
        return None if credit is None else looked_up(credit, story.charge)

    def _check(self, action: Refund) -> None:
        self._check_account(action)
        if action.amount.minor <= 0:
            raise RequestInvalid("A refund needs an amount above 0.")
        if not _REQUEST_ID.fullmatch(action.request_id):
            raise RequestInvalid("A request id for Recurly has 1 to 127 letters, digits or _.:- and nothing else.")

    def _check_account(self, action: Action) -> None:
        if action.account != self._account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self._account}.")


def _a_refund(action: Action) -> Refund:
    if not isinstance(action, Refund):
        raise Unsupported(f"There is no {action.name} here.")
    return action


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
