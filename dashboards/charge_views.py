"""A charge as an agent sees it: with what happens to it right now, what is left, and what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from connectors.money import Money
from connectors.offers import Offer, which_actions
from connectors.registry import GatewayUnknown, gateway
from counterfoil.action_runs import ActionRun
from counterfoil.settings import SettingsInvalid
from dashboards.live import current_ones
from dashboards.service import Service
from warehouse.reads.charges import Charge, published_requests

_GIVES_NOTHING_BACK = frozenset({"Refused", "Failed", "Failed later", "Crashed", "Cancelled"})


@dataclass(frozen=True, slots=True)
class ChargeView:
    """`left` counts actions that are under way or newer than the published file."""

    charge: Charge
    left: Money
    moving: Money
    """What our own actions give back that the published file does not count yet."""
    offers: tuple[Offer, ...]
    runs: tuple[ActionRun, ...]
    """Our actions on this charge, newest first; of several runs of one request the one that counts."""


def charge_views(service: Service, role: str, charges: Sequence[Charge]) -> list[ChargeView]:
    """Every charge with its offers for a role."""
    ids = [charge.charge_id for charge in charges]
    runs = service.live.of_charges(ids, now=service.clock())
    counted = published_requests(service.published, ids)
    return [_view(service, role, charge, runs, counted) for charge in charges]


def _view(service: Service, role: str, charge: Charge, runs: Iterable[ActionRun], counted: set[str]) -> ChargeView:
    own = [run for run in runs if (run.request.get("account"), run.request.get("object_id")) == _key(charge)]
    moving = _moving(charge, own, counted)
    offers = _offers(service, role, charge, moving)
    left = charge.captured - charge.refunded - moving
    return ChargeView(charge, left, moving, offers, tuple(current_ones(own)))


def _key(charge: Charge) -> tuple[str, str]:
    return charge.account, charge.charge_id


def _moving(charge: Charge, runs: Iterable[ActionRun], counted: set[str]) -> Money:
    left = charge.captured - charge.refunded
    minor = sum(
        left.minor if run.amount_minor is None else run.amount_minor
        for run in runs
        if run.state_name not in _GIVES_NOTHING_BACK
        and run.request_id not in counted
        and run.request.get("action") == "refund"
        and run.currency in (None, left.currency)
    )
    return Money(min(minor, max(left.minor, 0)), left.currency)


def _offers(service: Service, role: str, charge: Charge, moving: Money) -> tuple[Offer, ...]:
    state = replace(charge.state(), refunded=charge.refunded + moving)
    try:
        capabilities = gateway(charge.gateway).capabilities
    except GatewayUnknown as error:
        return (Offer("refund", None, False, str(error)),)
    allowed = service.policy.actions_of(role)
    offers = which_actions(state, capabilities, allowed, now=service.clock())
    closed = _reason_against_account(service, charge.account)
    return tuple(
        replace(offer, maximum=None, reason=closed) if closed and offer.is_offered else offer for offer in offers
    )


def _reason_against_account(service: Service, account: str) -> str:
    try:
        mode = service.settings.account(account).mode
    except SettingsInvalid:
        return f"The account {account} is no longer in the settings."
    return "" if mode == "act" else f"The account {account} is only observed (mode = observe in the settings)."
