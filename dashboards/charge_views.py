"""A charge as an agent sees it: with what happens to it right now, what is left, and what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from connectors.money import Money
from connectors.states import ChargeState, OrderState
from counterfoil.action_runs import ActionRun
from dashboards.live import current_ones, object_key
from dashboards.offering import Offers, offers_on
from dashboards.service import Service
from warehouse.reads.charges import Charge, published_requests

_CHANGED_NOTHING = frozenset({"Refused", "Failed", "Failed later", "Crashed", "Cancelled"})


@dataclass(frozen=True, slots=True)
class ChargeView:
    """`left` counts actions that are under way or newer than the published file."""

    charge: Charge
    state: ChargeState
    left: Money
    moving: Money
    """What our own actions give back that the published file does not count yet."""
    offers: Offers
    runs: tuple[ActionRun, ...]
    """Our actions on this charge, newest first; of several runs of one request the one that counts."""


def charge_views(
    service: Service, role: str, charges: Sequence[Charge], *, without_request: str = ""
) -> list[ChargeView]:
    """Every charge with its offers for a role. `without_request`: as if this one had not been asked for."""
    keys = [key for charge in charges for key in _keys(charge)]
    found = service.live.of_objects(keys, now=service.clock())
    runs = [run for run in found if not without_request or run.request_id != without_request]
    counted = published_requests(service.published, [charge.charge_id for charge in charges])
    return [_view(service, role, charge, runs, counted) for charge in charges]


def order_of(charge: Charge) -> OrderState:
    """The shop's order that a charge is, for gateways where the two are one."""
    return OrderState(charge.account, charge.charge_id, charge.status, charge.customer_id)


def _view(service: Service, role: str, charge: Charge, runs: Iterable[ActionRun], counted: set[str]) -> ChargeView:
    own = [run for run in runs if object_key(run) in _keys(charge)]
    moving = _moving(charge, own, counted)
    state = _state(charge, moving, own)
    offers = offers_on(service, role, state) + offers_on(service, role, order_of(charge))
    left = charge.captured - charge.refunded - moving
    return ChargeView(charge, state, left, moving, offers, tuple(current_ones(own)))


def _keys(charge: Charge) -> tuple[tuple[str, str, str], ...]:
    return (charge.account, "charge", charge.charge_id), (charge.account, "order", charge.charge_id)


def _moving(charge: Charge, runs: Iterable[ActionRun], counted: set[str]) -> Money:
    left = charge.captured - charge.refunded
    minor = sum(
        left.minor if run.amount_minor is None else run.amount_minor
        for run in runs
        if run.state_name not in _CHANGED_NOTHING
        and run.request_id not in counted
        and run.request.get("action") == "refund"
        and run.currency in (None, left.currency)
    )
    return Money(min(minor, max(left.minor, 0)), left.currency)


def _state(charge: Charge, moving: Money, runs: Iterable[ActionRun]) -> ChargeState:
    """The charge with what was given back, captured or voided since it was read at the gateway."""
    state = replace(charge.state(), refunded=charge.refunded + moving)
    newer = [
        run
        for run in runs
        if run.state_name not in _CHANGED_NOTHING and (run.ended_at or run.created_at) > charge.seen_at
    ]
    if any(run.request.get("action") == "void" for run in newer):
        return replace(state, status="voided", capturable=None, is_voidable=False)
    taken = sum(run.amount_minor or 0 for run in newer if run.request.get("action") == "capture")
    if taken and state.capturable is not None:
        held = Money(max(state.capturable.minor - taken, 0), state.capturable.currency)
        return replace(state, capturable=held if held.minor else None)
    return state
