"""What may be done with an object: offered now, not possible now and why, and what its gateway lacks altogether."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from connectors.capabilities import Capabilities
from connectors.offers import Offer, which_actions
from connectors.registry import GatewayUnknown, gateway_of
from connectors.states import ObjectState
from counterfoil.settings import SettingsInvalid
from dashboards.service import Service
from dashboards.titles import full_title


@dataclass(frozen=True, slots=True)
class Offers:
    """The actions on one object. What the role may not, or the gateway cannot, is told once per account instead."""

    now: tuple[Offer, ...] = ()
    not_now: tuple[Offer, ...] = ()

    def __add__(self, other: Offers) -> Offers:
        return Offers(self.now + other.now, self.not_now + other.not_now)


@dataclass(frozen=True, slots=True)
class AccountNotes:
    """What holds for every object of an account."""

    account: str
    closed: str
    """Why nothing is offered at all; empty where something is."""
    not_for_role: tuple[str, ...]
    """Titles of actions that the gateway has and the role may not ask for."""
    absent: tuple[tuple[str, str], ...]
    """Title and reason of what the gateway lacks."""


def offers_on(service: Service, role: str, state: ObjectState) -> Offers:
    """The actions that a role is offered on an object as it stands."""
    known = capabilities_of(state.account)
    allowed = service.policy.actions_of(role)
    if known is None or reason_against_account(service, state.account):
        return Offers()
    offers = [
        offer
        for offer in which_actions(state, known, allowed, now=service.clock())
        if offer.action in known.actions and offer.action in allowed
    ]
    return Offers(
        tuple(offer for offer in offers if offer.is_offered), tuple(offer for offer in offers if not offer.is_offered)
    )


def offer_of(service: Service, role: str, state: ObjectState, action: str) -> Offer:
    """One action on an object, offered or with the reason against it."""
    closed = reason_against_account(service, state.account)
    known = capabilities_of(state.account)
    if closed or known is None:
        return Offer(action, None, False, closed or f"No gateway is installed for the account {state.account}.")
    offers = which_actions(state, known, service.policy.actions_of(role), now=service.clock())
    found = next((offer for offer in offers if offer.action == action), None)
    if found is None:
        return Offer(action, None, False, f"{known.gateway.capitalize()} has no such action.")
    if "may not" in found.reason:
        return replace(found, reason=f"{found.reason} {who_may(service, action)}")
    return found


def who_may(service: Service, action: str) -> str:
    """Who can help: the roles that may ask for an action."""
    able = service.policy.staff_who_may(action)
    return f"Ask a {' or '.join(able)}." if able else "The policy allows it to nobody."


def account_notes(service: Service, role: str, accounts: Iterable[str]) -> list[AccountNotes]:
    """What to tell once about each account, in the order of their names."""
    return [_notes(service, role, account) for account in sorted(set(accounts))]


def _notes(service: Service, role: str, account: str) -> AccountNotes:
    known = capabilities_of(account)
    allowed = service.policy.actions_of(role)
    if known is None:
        return AccountNotes(account, f"No gateway is installed for the account {account}.", (), ())
    return AccountNotes(
        account,
        reason_against_account(service, account),
        tuple(full_title(name) for name in known.actions if name not in allowed),
        tuple((full_title(name), reason) for name, reason in known.absent.items()),
    )


def capabilities_of(account: str) -> Capabilities | None:
    """What the gateway of an account can do; None where it is not installed."""
    try:
        return gateway_of(account).capabilities
    except GatewayUnknown:
        return None


def note_of(account: str, action: str) -> str:
    """What is peculiar to an action at the gateway of an account: "Stripe: …"; empty where nothing is."""
    known = capabilities_of(account)
    capability = known.actions.get(action) if known else None
    return f"{known.gateway.capitalize()}: {capability.note}" if known and capability and capability.note else ""


def reason_against_account(service: Service, account: str) -> str:
    """Why nothing may be done at an account; empty where actions are allowed."""
    try:
        mode = service.settings.account(account).mode
    except SettingsInvalid:
        return f"The account {account} is no longer in the settings."
    return "" if mode == "act" else f"The account {account} is only observed (mode = observe in the settings)."
