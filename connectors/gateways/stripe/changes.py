"""Which objects Stripe's events name. An event says that something changed; the object is read again for what it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from connectors.gateway import Page
from connectors.gateways.stripe.resources import RESOURCE_OF

PAYOUT_IS_WHOLE = frozenset({"payout.paid", "payout.reconciliation_completed"})


def changed_objects(pages: Iterable[Page]) -> Iterator[tuple[str, str]]:
    """(resource, id) of the objects of events, each once, those that changed last first."""
    given: set[tuple[str, str]] = set()
    for page in pages:
        for event in orjson.loads(page.body)["data"]:
            for named in _named(event):
                if named not in given:
                    given.add(named)
                    yield named


def _named(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    data = event.get("data")
    changed = data.get("object") if isinstance(data, Mapping) else None
    if not isinstance(changed, Mapping) or not isinstance(changed.get("id"), str):
        return
    resource = RESOURCE_OF.get(str(changed.get("object")))
    if resource is None:
        return
    yield resource, changed["id"]
    if resource in {"refunds", "disputes"}:
        yield from _reference("charges", changed.get("charge"))
    if resource == "tax_ids":
        # Customers are read with their tax ids inside.
        yield from _reference("customers", changed.get("customer"))
    if event.get("type") in PAYOUT_IS_WHOLE and changed.get("automatic"):
        yield "payout_lines", changed["id"]


def _reference(resource: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield resource, value
