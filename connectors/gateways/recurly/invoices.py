"""Invoices that are given up. Source: the OpenAPI document, operation mark_invoice_failed."""

from __future__ import annotations

from connectors.actions import MarkUncollectible
from connectors.gateways.recurly.goals import Goal
from connectors.gateways.recurly.objects import Object, path_of
from connectors.gateways.recurly.wire import Wire


def given_up(action: MarkUncollectible) -> Goal:
    """The invoice failed: Recurly stops collecting it."""

    def ask(wire: Wire, _: Object) -> Object:
        answer: Object = wire.put(f"{path_of('invoice', action.object_id)}/mark_failed").exact()
        return answer

    return Goal("invoice", action.object_id, lambda now: now.get("state") == "failed", ask)
