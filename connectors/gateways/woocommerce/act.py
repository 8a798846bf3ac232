"""Acting on a shop. Never repeats anything, and looks before it sends: WooCommerce has no idempotency keys.

`api_refund` and `api_restock` are always written out: both default to true in WooCommerce.
Source: https://woocommerce.github.io/woocommerce-rest-api-docs/#create-a-refund.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any

from connectors.actions import Action, ObjectKind, Refund
from connectors.errors import (
    AlreadyRefunded,
    AmountTooHigh,
    GatewayError,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    RequestInvalid,
    UnexpectedShape,
    Unsupported,
)
from connectors.gateway import AccountAccess
from connectors.gateways.woocommerce.errors import CANNOT_REFUND
from connectors.gateways.woocommerce.outcomes import ID_IN_META, looked_up, outcome, reason
from connectors.gateways.woocommerce.states import charge_state
from connectors.gateways.woocommerce.wire import Wire
from connectors.outcomes import LookedUp, Outcome
from connectors.states import ChargeState, ObjectState

_REQUEST_ID = re.compile(r"[A-Za-z0-9_:-]{1,127}")
SIDE_BY_SIDE = 64
PAGE_SIZE = 100
MOST_PAGES = 20

Refunds = list[Mapping[str, Any]]


class WooCommerceActor:
    """The act side of one shop; see `connectors.gateway.Actor`. Safe to use from several threads."""

    def __init__(self, access: AccountAccess, *, timeout_s: float = 60.0) -> None:
        # The shop answers only after its payment plugin did, which asks a gateway of its own.
        self._account = access.account
        self._wire = Wire(access, timeout_s=timeout_s)
        # Between looking and sending nobody of this process may send for the same order.
        self._locks = [threading.Lock() for _ in range(SIDE_BY_SIDE)]

    def __repr__(self) -> str:
        return f"WooCommerceActor({self._account!r})"

    def state_of(self, kind: ObjectKind, object_id: str) -> ObjectState:
        """Read an object. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        if kind != "charge":
            raise Unsupported(f"There are no actions on a {kind} here.")
        return self.charge_state(object_id)

    def charge_state(self, charge_id: str) -> ChargeState:
        """Read an order's payment. Raises ObjectUnknown; Unavailable and RateLimited may be tried again."""
        return charge_state(self._account, self._order(charge_id))

    def perform(self, action: Action, *, idempotency_key: str) -> Outcome:
        """Refund, unless a refund of this request is there already: then what came of that one.

        Raises a GatewayError: Refused and NotAccepted say that nothing moved, OutcomeUnknown to look up.
        """
        action = _a_refund(action)
        self._check(action)
        with self._locks[hash(action.object_id) % SIDE_BY_SIDE]:
            order = self._order(action.object_id)
            before = self._refunds(action.object_id)
            earlier = looked_up(before, action.request_id, str(order.get("currency")))
            if earlier is not None:
                return earlier
            state = charge_state(self._account, order)
            _must_be_possible(state, action)
            self._must_be_refundable(order)
            return self._send(action, before)

    def look_up(self, action: Action, *, idempotency_key: str) -> LookedUp | None:
        """Find the refund by its request id among all refunds of the order; None where there is none."""
        action = _a_refund(action)
        self._check_account(action)
        try:
            currency = str(self._order(action.object_id).get("currency"))
            return looked_up(self._refunds(action.object_id), action.request_id, currency)
        except ObjectUnknown:
            return None

    def close(self) -> None:
        self._wire.close()

    def _send(self, action: Refund, before: Refunds) -> Outcome:
        body = {
            "amount": str(action.amount.decimal()),
            "reason": reason(action.request_id),
            "api_refund": True,
            "api_restock": False,
            "meta_data": [{"key": ID_IN_META, "value": action.request_id}],
        }
        try:
            made = self._wire.post(f"/orders/{action.object_id}/refunds", body).data
        except OutcomeUnknown as error:
            if error.code != CANNOT_REFUND:
                raise
            return self._after_refusal(action, before, error)
        if not isinstance(made, dict):
            raise OutcomeUnknown("The shop's answer is no refund: it must be looked up.")
        return outcome(made, action.amount.currency)

    def _after_refusal(self, action: Refund, before: Refunds, error: OutcomeUnknown) -> Outcome:
        """The shop says 500 to an amount that is too high, and to a payment plugin that failed, perhaps too late.

        Raises Refused only for the first: then nothing was sent to the plugin.
        """
        try:
            state, refunds = self.charge_state(action.object_id), self._refunds(action.object_id)
        except GatewayError:
            raise error from None
        found = looked_up(refunds, action.request_id, action.amount.currency)
        if found is not None:
            return found
        is_same = [refund.get("id") for refund in refunds] == [refund.get("id") for refund in before]
        if state.left < action.amount and is_same:
            raise _too_high(state, code=error.code)
        raise error

    def _order(self, charge_id: str) -> Mapping[str, Any]:
        found = self._wire.get(f"/orders/{_an_id(charge_id)}").data
        if not isinstance(found, dict) or str(found.get("id")) != charge_id:
            raise UnexpectedShape(f"The shop's answer for the order {charge_id} is another object.")
        return found

    def _refunds(self, charge_id: str) -> Refunds:
        found: Refunds = []
        for page in range(1, MOST_PAGES + 1):
            params: dict[str, str | int] = {"per_page": PAGE_SIZE, "page": page, "orderby": "id", "order": "asc"}
            rows = self._wire.get(f"/orders/{_an_id(charge_id)}/refunds", params).data
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise UnexpectedShape(f"The shop's answer for the refunds of the order {charge_id} is no list.")
            found += rows
            if len(rows) < PAGE_SIZE:
                return found
        raise UnexpectedShape(f"The list of refunds of the order {charge_id} never ends.")

    def _must_be_refundable(self, order: Mapping[str, Any]) -> None:
        """Raise Refused where the order's payment plugin cannot refund, or is gone."""
        plugin = str(order.get("payment_method") or "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", plugin):
            raise Refused("The order was paid outside of the shop's payment plugins: give the money back by hand.")
        try:
            found = self._wire.get(f"/payment_gateways/{plugin}").data
        except NotAuthorised:
            # The key may refund and not ask this; then the shop itself will say.
            return
        except Refused:
            raise Refused(
                f"The payment plugin {plugin} is no longer in the shop: refund it where it was paid."
            ) from None
        supported = found.get("method_supports") if isinstance(found, dict) else None
        if isinstance(supported, list) and "refunds" not in supported:
            raise Refused(f"The payment plugin {plugin} cannot give money back: refund it by hand.")

    def _check(self, action: Refund) -> None:
        self._check_account(action)
        if action.amount.minor <= 0:
            raise RequestInvalid("A refund needs an amount above 0.")
        if not _REQUEST_ID.fullmatch(action.request_id):
            raise RequestInvalid("A request id for WooCommerce has 1 to 127 letters, digits or _:- and nothing else.")

    def _check_account(self, action: Action) -> None:
        if action.account != self._account:
            raise RequestInvalid(f"The action is for {action.account}, this connection for {self._account}.")


def _a_refund(action: Action) -> Refund:
    if not isinstance(action, Refund):
        raise Unsupported(f"There is no {action.name} here.")
    return action


def _an_id(charge_id: str) -> str:
    """Order numbers only: nothing that would lead to another address."""
    if not re.fullmatch(r"[0-9]{1,18}", charge_id):
        raise ObjectUnknown(f"{charge_id[:40]!r} is no id of an order.")
    return charge_id


def _must_be_possible(state: ChargeState, action: Refund) -> None:
    """Raise what the shop would refuse in words that nobody can tell apart."""
    if state.captured.currency != action.amount.currency:
        raise RequestInvalid(f"The order is in {state.captured.currency}, the refund in {action.amount.currency}.")
    if state.status != "succeeded":
        raise Refused(f"The order's payment is {state.status}: no money was taken that could be given back.")
    if state.left < action.amount:
        raise _too_high(state, code=None)


def _too_high(state: ChargeState, *, code: str | None) -> Refused:
    if state.left.minor <= 0:
        return AlreadyRefunded("The order was refunded in full already.", code=code)
    return AmountTooHigh(f"Only {state.left} is left of the order's payment.", code=code)
