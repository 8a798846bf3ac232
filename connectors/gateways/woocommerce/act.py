"""Acting on a shop. Never repeats anything, and looks before it sends: WooCommerce has no idempotency keys."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

from connectors.actions import Action, AddOrderNote, ChangeAddress, ObjectKind, Refund
from connectors.errors import RequestInvalid, Unsupported
from connectors.gateway import AccountAccess
from connectors.gateways.woocommerce import customers, orders, refunds
from connectors.gateways.woocommerce.states import charge_state, customer_state, order_state
from connectors.gateways.woocommerce.wire import Wire
from connectors.outcomes import LookedUp, Outcome
from connectors.states import ChargeState, ObjectState

_REQUEST_ID = re.compile(r"[A-Za-z0-9_:-]{1,127}")
SIDE_BY_SIDE = 64

_HOW: dict[type[Action], tuple[Callable[[Wire, Any], Outcome], Callable[[Wire, Any], LookedUp | None]]] = {
    Refund: (refunds.refund, refunds.find_refund),
    AddOrderNote: (orders.add_note, orders.find_note),
    ChangeAddress: (customers.change_address, customers.find_address),
}
"""How each action is done, unless it was done before, and how it is found again."""
HANDLED = frozenset(kind.name for kind in _HOW)
"""Names of the actions that are carried out here."""


class WooCommerceActor:
    """The act side of one shop; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(self, access: AccountAccess, *, timeout_s: float = 60.0) -> None:
        # The shop answers only after its payment plugin did, which asks a gateway of its own.
        self._account = access.account
        self._wire = Wire(access, timeout_s=timeout_s)
        # Between looking and sending nobody of this process may send for the same object.
        self._locks = [threading.Lock() for _ in range(SIDE_BY_SIDE)]

    def __repr__(self) -> str:
        return f"WooCommerceActor({self._account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        match kind:
            case "charge":
                return self.charge_state(object_id)
            case "order":
                return order_state(self._account, orders.read_order(self._wire, object_id))
            case "customer":
                return customer_state(self._account, customers.read_customer(self._wire, object_id))
        raise Unsupported(f"There are no actions on a shop's {kind}.")

    def charge_state(self, charge_id: str) -> ChargeState:
        """Read an order's payment. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        return charge_state(self._account, orders.read_order(self._wire, charge_id))

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Carry it out, unless this request did so before: then what came of it.

        Raises a GatewayError: Refused and NotAccepted say that nothing moved, OutcomeUnknown to look up.
        """
        do, _ = self._how(action)
        if not _REQUEST_ID.fullmatch(action.request_id):
            raise RequestInvalid("A request id for WooCommerce has 1 to 127 letters, digits or _:- and nothing else.")
        with self._locks[hash(action.object_id) % SIDE_BY_SIDE]:
            return do(self._wire, action)

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """Find what the request made by its id, or whether its goal is reached; None where there is no trace."""
        _, find = self._how(action)
        return find(self._wire, action)

    def close(self) -> None:
        self._wire.close()

    def _how(self, action: Action) -> tuple[Callable[[Wire, Any], Outcome], Callable[[Wire, Any], LookedUp | None]]:
        if type(action) not in _HOW:
            raise Unsupported(f"There is no {action.name} at WooCommerce.")
        if action.account != self._account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self._account}.")
        return _HOW[type(action)]
