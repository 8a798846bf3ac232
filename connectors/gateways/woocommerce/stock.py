"""Goods that a refund puts back to stock. WooCommerce puts back what a refund names line by line, and nothing else.

The lines carry quantities and no money: the refund's amount is the one that was asked for.
Source: functions wc_create_refund and wc_restock_refunded_items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.errors import Refused, UnexpectedShape

REFUNDED_LINE = "_refunded_item_id"
"""Meta data of a refund's line: the line of the order that it is about."""


def goods_left(order: Mapping[str, Any], refunds: Sequence[Mapping[str, Any]]) -> list[dict[str, int]]:
    """The order's lines as a refund names them, without what came back before. Raises Refused where none is left."""
    try:
        came_back = _came_back(refunds)
        left = {int(line["id"]): _whole(line["quantity"]) for line in order["line_items"]}
    except (KeyError, TypeError, ValueError) as error:
        raise UnexpectedShape(f"The shop's lines cannot be read: {type(error).__name__}: {error}.") from None
    goods = [
        {"id": line, "quantity": quantity - came_back[line], "refund_total": 0}
        for line, quantity in left.items()
        if quantity > came_back[line]
    ]
    if not goods:
        raise Refused("The order has no goods left that could go back to stock: refund it without them.")
    return goods


def _came_back(refunds: Sequence[Mapping[str, Any]]) -> Counter[int]:
    """Quantity by line of the order; a refund's lines have negative ones."""
    found: Counter[int] = Counter()
    for refund in refunds:
        for line in refund.get("line_items") or ():
            for entry in line.get("meta_data") or ():
                if entry.get("key") == REFUNDED_LINE:
                    found[int(entry["value"])] += abs(_whole(line["quantity"]))
    return found


def _whole(quantity: object) -> int:
    if isinstance(quantity, bool) or not isinstance(quantity, int):
        raise ValueError(f"{str(quantity)[:20]} is no whole quantity")
    return quantity
