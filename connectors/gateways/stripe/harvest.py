"""Every known object inside one answer of Stripe, wherever it stands: used to load pages that were recorded elsewhere.

Works on lists, single objects, events, payout lines and error answers. An object that stands in the place of an id
(because it was expanded) is handed out on its own, and its id is put back, so that both shapes give the same columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from connectors.errors import UnexpectedShape
from connectors.gateways.stripe.resources import RESOURCE_OF

REFERENCES = frozenset(
    "balance_transaction charge credit_note customer default_price dispute failure_balance_transaction invoice "
    "latest_charge latest_invoice latest_revision original_payout payment_intent payout product refund reversed_by "
    "source subscription tax_rate".split()
)
"""Fields that hold an id, or the object itself where the request expanded it."""

NOT_OBJECTS = frozenset({"metadata", "previous_attributes"})
"""Texts of the merchant, and what an object was before."""


def harvest(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (resource, object as one line of JSON) for every known object; the outer one before those inside.

    An event's object is as old as the event. Previews (no id, or one that begins with "upcoming") are no objects.
    Raises UnexpectedShape where the body is not JSON.
    """
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnexpectedShape(f"not JSON: {error}") from None
    waiting: list[Any] = [answer]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from _own(value)
            waiting.extend(reversed([inner for name, inner in value.items() if _may_hold(name, inner)]))
        elif isinstance(value, list):
            waiting.extend(reversed([inner for inner in value if isinstance(inner, dict | list)]))


def _own(value: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    if value.get("object") == "payout_lines":
        yield from _payout_lines(value)
        return
    resource = _resource_of(value)
    if resource is not None:
        yield resource, _one_line(value)


def _one_line(value: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(_with_ids(value))
    except RecursionError:
        raise UnexpectedShape(f"{value['id']} is nested too deeply to be an object of Stripe's") from None


def _resource_of(value: dict[str, Any]) -> str | None:
    kind, wanted = value.get("object"), value.get("id")
    if not isinstance(kind, str) or not isinstance(wanted, str) or wanted.startswith("upcoming"):
        return None
    return RESOURCE_OF.get(kind)


def _payout_lines(value: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Lines have no id without their payout's, so they stay one page; its balance transactions are handed out too."""
    named = [line.get("id") for line in value.get("data") or () if isinstance(line, dict)]
    lines = [{"id": name, "object": "balance_transaction"} for name in named]
    if lines:
        page = {"object": "payout_lines", "payout": value.get("payout"), "data": lines}
        yield "payout_lines", orjson.dumps(page)


def _with_ids(value: Any) -> Any:
    """A copy in which expanded references are ids again."""
    if isinstance(value, list):
        return [_with_ids(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {name: _reference(name, inner) for name, inner in value.items()}


def _reference(name: str, value: Any) -> Any:
    if name in REFERENCES and isinstance(value, dict) and _resource_of(value):
        return value["id"]
    return value if name in NOT_OBJECTS else _with_ids(value)


def _may_hold(name: str, value: Any) -> bool:
    return name not in NOT_OBJECTS and isinstance(value, dict | list)
