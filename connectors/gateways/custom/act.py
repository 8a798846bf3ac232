"""Acting through a company's endpoint: a signed webhook for each action, its outcome in the answer or told later.

Source of the protocol: docs/custom-gateway.md.
"""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import quote

from connectors.actions import Action, ObjectKind
from connectors.errors import ObjectUnknown, OutcomeUnknown, RequestInvalid, UnexpectedShape, Unsupported
from connectors.gateway import AccountAccess
from connectors.gateways.custom.capabilities import CAPABILITIES
from connectors.gateways.custom.errors import NotOffered
from connectors.gateways.custom.outcomes import Told, checked, looked_up, performed
from connectors.gateways.custom.read import path_of
from connectors.gateways.custom.states import state_of
from connectors.gateways.custom.wire import Wire
from connectors.http import Answer
from connectors.money import Money
from connectors.outcomes import Done, Failed, LookedUp, Outcome
from connectors.states import ObjectState
from counterfoil.reported import newest_reported

RESOURCE_OF: dict[ObjectKind, str] = {
    "charge": "charges",
    "customer": "customers",
    "subscription": "subscriptions",
    "invoice": "invoices",
}


class CustomActor:
    """The act side of one account; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(self, access: AccountAccess, *, timeout_s: float = 20.0) -> None:
        self._account = access.account
        self._reported = access.reported
        self._wire = Wire(access, timeout_s=timeout_s)
        self.close = self._wire.close

    def __repr__(self) -> str:
        return f"CustomActor({self._account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object at the endpoint. Raises ObjectUnknown; Unsupported where it offers no reading: what is not
        read before is not acted on."""
        if kind not in RESOURCE_OF:
            raise Unsupported(f"A custom gateway has no actions on a {kind}.")
        answer = self._wire.get(path_of(RESOURCE_OF[kind], object_id))
        if answer.data.get("id") != object_id:
            raise UnexpectedShape(f"The endpoint's answer for the {kind} {object_id[:80]} is another object.")
        return state_of(self._account, kind, answer.data)

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Send the action, signed; the key is the message's id. The endpoint does one request id once.

        Raises a GatewayError: Refused, Unsupported and NotAccepted say that nothing moved, OutcomeUnknown to look up.
        """
        self._check(action)
        answer = self._wire.post("/actions", idempotency_key, message_of(action))
        try:
            told = self._told(action, answer)
        except UnexpectedShape as error:
            raise OutcomeUnknown(f"{error} The request was sent: it must be looked up.") from None
        return performed(action, told)

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """What came of a request: as the endpoint reported it, else as it answers now. Raises Unsupported where it does
        neither report nor answer: nobody could find out what came of it, so it is never sent."""
        self._check(action)
        found = newest_reported(self._reported, action.request_id) if self._reported else None
        reported = looked_up(action, checked(found)) if found else None
        if isinstance(reported, Done | Failed):
            return reported
        try:
            answer = self._wire.get(f"/outcomes/{quote(action.request_id, safe='')}")
        except ObjectUnknown:
            return reported
        except NotOffered:
            if reported is None:
                raise Unsupported("The company's endpoint offers no look-ups: nothing is sent to it.") from None
            return reported
        return looked_up(action, self._told(action, answer))

    def _told(self, action: Action, answer: Answer) -> Told:
        told = checked(answer.data)
        if told.request_id != action.request_id:
            raise UnexpectedShape("The endpoint answered with the outcome of another request.")
        return told

    def _check(self, action: Action) -> None:
        if action.name not in CAPABILITIES.actions:
            raise Unsupported(f"A custom gateway has no action {action.name}.")
        if action.account != self._account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self._account}.")
        amount: Money | None = getattr(action, "amount", None)
        if amount is not None and amount.minor <= 0:
            raise RequestInvalid(f"{amount} is no amount to {action.title.lower()}.")


def message_of(action: Action) -> dict[str, object]:
    """The body of the webhook for an action."""
    fields = asdict(action)
    amount: Money | None = getattr(action, "amount", None)
    details = CAPABILITIES.actions[action.name].details
    return {
        "request_id": action.request_id,
        "action": action.name,
        "object_kind": action.object_kind,
        "object_id": action.object_id,
        "amount_minor": amount.minor if amount else None,
        "currency": amount.currency if amount else None,
        "details": {name: fields[name] for name in details},
        "reason_code": action.reason_code,
    }
