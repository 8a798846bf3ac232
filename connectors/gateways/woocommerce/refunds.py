"""Refunds of orders. `api_refund` and `api_restock` are always written out: both default to true in WooCommerce.

Source: https://woocommerce.github.io/woocommerce-rest-api-docs/#create-a-refund and function wc_create_refund.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.actions import Refund
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
)
from connectors.gateways.woocommerce.errors import CANNOT_REFUND
from connectors.gateways.woocommerce.orders import an_id, read_order
from connectors.gateways.woocommerce.outcomes import ID_IN_META, looked_up, outcome, reason
from connectors.gateways.woocommerce.states import charge_state
from connectors.gateways.woocommerce.stock import goods_left
from connectors.gateways.woocommerce.wire import Wire
from connectors.outcomes import Outcome
from connectors.states import ChargeState

PAGE_SIZE = 100
MOST_PAGES = 20

Refunds = list[Mapping[str, Any]]


def refund(wire: Wire, action: Refund) -> Outcome:
    """Refund, unless a refund of this request is there already: then what came of that one."""
    if action.amount.minor <= 0:
        raise RequestInvalid("A refund needs an amount above 0.")
    order = read_order(wire, action.object_id)
    before = _refunds(wire, action.object_id)
    earlier = looked_up(before, action.request_id, str(order.get("currency")))
    if earlier is not None:
        return earlier
    state = charge_state(action.account, order)
    _must_be_possible(state, action)
    goods = goods_left(order, before) if action.restocks else []
    _must_be_refundable(wire, order)
    return _send(wire, action, before, goods)


def find_refund(wire: Wire, action: Refund) -> Outcome | None:
    """Find the refund by its request id among all refunds of the order; None where there is none."""
    try:
        currency = str(read_order(wire, action.object_id).get("currency"))
        return looked_up(_refunds(wire, action.object_id), action.request_id, currency)
    except ObjectUnknown:
        return None


def _send(wire: Wire, action: Refund, before: Refunds, goods: list[dict[str, int]]) -> Outcome:
    body: dict[str, object] = {
        "amount": str(action.amount.decimal()),
        "reason": reason(action.request_id),
        "api_refund": True,
        "api_restock": action.restocks,
        "meta_data": [{"key": ID_IN_META, "value": action.request_id}],
    }
    if goods:
        body["line_items"] = goods
    try:
        made = wire.post(f"/orders/{action.object_id}/refunds", body).data
    except OutcomeUnknown as error:
        if error.code != CANNOT_REFUND:
            raise
        return _after_refusal(wire, action, before, error)
    if not isinstance(made, dict):
        raise OutcomeUnknown("The shop's answer is no refund: it must be looked up.")
    return outcome(made, action.amount.currency)


def _after_refusal(wire: Wire, action: Refund, before: Refunds, error: OutcomeUnknown) -> Outcome:
    """The shop says 500 to an amount that is too high, and to a payment plugin that failed, perhaps too late.

    Raises Refused only for the first: then nothing was sent to the plugin.
    """
    try:
        state = charge_state(action.account, read_order(wire, action.object_id))
        refunds = _refunds(wire, action.object_id)
    except GatewayError:
        raise error from None
    found = looked_up(refunds, action.request_id, action.amount.currency)
    if found is not None:
        return found
    is_same = [refund.get("id") for refund in refunds] == [refund.get("id") for refund in before]
    if state.left < action.amount and is_same:
        raise _too_high(state, code=error.code)
    raise error


def _refunds(wire: Wire, order_id: str) -> Refunds:
    found: Refunds = []
    for page in range(1, MOST_PAGES + 1):
        params: dict[str, str | int] = {"per_page": PAGE_SIZE, "page": page, "orderby": "id", "order": "asc"}
        rows = wire.get(f"/orders/{an_id('order', order_id)}/refunds", params).data
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnexpectedShape(f"The shop's answer for the refunds of the order {order_id} is no list.")
        found += rows
        if len(rows) < PAGE_SIZE:
            return found
    raise UnexpectedShape(f"The list of refunds of the order {order_id} never ends.")


def _must_be_refundable(wire: Wire, order: Mapping[str, Any]) -> None:
    """Raise Refused where the order's payment plugin cannot refund, or is gone."""
    plugin = str(order.get("payment_method") or "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", plugin):
        raise Refused("The order was paid outside of the shop's payment plugins: give the money back by hand.")
    try:
        found = wire.get(f"/payment_gateways/{plugin}").data
    except NotAuthorised:
        # The key may refund and not ask this; then the shop itself will say.
        return
    except Refused:
        raise Refused(f"The payment plugin {plugin} is no longer in the shop: refund it where it was paid.") from None
    supported = found.get("method_supports") if isinstance(found, dict) else None
    if isinstance(supported, list) and "refunds" not in supported:
        raise Refused(f"The payment plugin {plugin} cannot give money back: refund it by hand.")


def _must_be_possible(state: ChargeState, action: Refund) -> None:
    """Raise what the shop would refuse in words that nobody can tell apart, or would half do."""
    if state.captured.currency != action.amount.currency:
        raise RequestInvalid(f"The order is in {state.captured.currency}, the refund in {action.amount.currency}.")
    if state.status != "succeeded":
        raise Refused(f"The order's payment is {state.status}: no money was taken that could be given back.")
    if state.left < action.amount:
        raise _too_high(state, code=None)
    if action.restocks and action.amount < state.left:
        raise RequestInvalid(
            f"Which goods a part of the money stands for is not known here: refund all that is left ({state.left}) to "
            "put the goods back to stock, or refund the part without them and change the stock in the shop."
        )


def _too_high(state: ChargeState, *, code: str | None) -> Refused:
    if state.left.minor <= 0:
        return AlreadyRefunded("The order was refunded in full already.", code=code)
    return AmountTooHigh(f"Only {state.left} is left of the order's payment.", code=code)
