"""Goods that come back with a refund: only those that its lines name, as in WooCommerce.

The stand-in counts what went back to stock per product, as `_restocked`.
"""

from typing import Any

from sandbox.standin.messages import Json
from sandbox.standin.store import Change
from sandbox.woocommerce.errors import invalid_param
from sandbox.woocommerce.money import text


def lines_of(order: Json, refund_id: int, sent: list[Any]) -> list[Json]:
    """The refund's lines: those of the order that were named, with negative quantities. Names of others are ignored."""
    asked = {line["id"]: line for line in sent if _is_line(line)}
    lines = [line for line in order["line_items"] if line["id"] in asked]
    return [_line(order, refund_id * 10 + n, line, asked[line["id"]]) for n, line in enumerate(lines)]


def put_back(change: Change, lines: list[Json]) -> None:
    """Count the goods of a refund into the stock."""
    for line in lines:
        product = change.get("product", str(line["product_id"]))
        if product is not None:
            product["_restocked"] = product.get("_restocked", 0) - line["quantity"]
            change.put("product", product)


def _is_line(line: Any) -> bool:
    if not isinstance(line, dict) or set(line) - {"id", "quantity", "refund_total"}:
        raise invalid_param("line_items", "this stand-in plays lines with id, quantity and refund_total.")
    if not all(type(line.get(name, 0)) is int for name in ("id", "quantity", "refund_total")):
        raise invalid_param("line_items", "line_items[0][quantity] is not of type integer.")
    return "id" in line


def _line(order: Json, number: int, line: Json, asked: Json) -> Json:
    total = text(-asked.get("refund_total", 0), order["currency"])
    meta = [{"id": number, "key": "_refunded_item_id", "value": str(line["id"])}]
    zero = text(0, order["currency"])
    return {**line, "id": number, "quantity": -asked.get("quantity", 0), "subtotal": total, "subtotal_tax": zero,
            "total": total, "total_tax": zero, "taxes": [], "meta_data": meta}  # fmt: skip
