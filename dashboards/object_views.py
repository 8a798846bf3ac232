"""Subscriptions, open invoices and customer objects as an agent sees them, with what may be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from connectors.states import ObjectState, SubscriptionState
from counterfoil.action_runs import ActionRun
from dashboards.live import object_key
from dashboards.offering import Offers, offers_on
from dashboards.service import Service
from warehouse.reads.customers import Customer
from warehouse.reads.invoices import Invoice
from warehouse.reads.subscriptions import Subscription

Record = TypeVar("Record", Subscription, Invoice, Customer)


@dataclass(frozen=True, slots=True)
class ObjectView(Generic[Record]):
    """One object, its state with what our newest actions changed, and its offers."""

    record: Record
    state: ObjectState
    offers: Offers


def object_views(
    service: Service, role: str, records: Sequence[Record], runs: Sequence[ActionRun]
) -> list[ObjectView[Record]]:
    """Every object with its offers for a role; `runs` are our actions on them."""
    views = []
    for record in records:
        state = current_state(record, runs)
        views.append(ObjectView(record, state, offers_on(service, role, state)))
    return views


def current_state(record: Subscription | Invoice | Customer, runs: Sequence[ActionRun]) -> ObjectState:
    """The object's state with our actions that were done after it was last read at the gateway, oldest first."""
    state: ObjectState = record.state()
    key = (state.account, state.object_kind, state.object_id)
    for run in reversed(runs):
        is_newer = run.state_name == "Done" and (run.ended_at or run.created_at) > record.seen_at
        if is_newer and object_key(run) == key:
            state = _after(state, run)
    return state


def _after(state: ObjectState, run: ActionRun) -> ObjectState:
    action, details = run.request.get("action"), run.request.get("details") or {}
    if isinstance(state, SubscriptionState):
        if action == "pause_subscription":
            return replace(state, is_paused=True)
        if action == "resume_subscription":
            return replace(state, is_paused=False, is_cancel_at_period_end=False)
        if action == "cancel_subscription":
            at_end = bool(details.get("at_period_end", True))
            return replace(state, is_cancel_at_period_end=True) if at_end else replace(state, status="cancelled")
        if action == "apply_coupon" and isinstance(details.get("coupon_id"), str):
            return replace(state, coupon_ids=(*state.coupon_ids, details["coupon_id"]))
        if action == "remove_coupon":
            return replace(state, coupon_ids=())
        if action == "change_plan" and isinstance(details.get("price_id"), str):
            return replace(state, price_id=details["price_id"])
    return state
