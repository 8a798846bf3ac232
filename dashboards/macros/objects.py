"""Which object a macro is about: the one that its note names, else what the ticket's customer has that it fits."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.actions import ACTIONS, ObjectKind
from connectors.helpdesks.commands import Command
from dashboards.panel.clues import Clues
from dashboards.panel.matching import matched
from dashboards.service import Service
from dashboards.subjects import Subject, find_subject
from warehouse.reads.charges import charges_of
from warehouse.reads.invoices import open_invoices_of
from warehouse.reads.people import CustomerKey, Person
from warehouse.reads.subscriptions import subscriptions_of

NEWEST = 20
LIVING = frozenset({"active", "trialing", "past_due", "paused"})
_LOOKED_THROUGH = "Write its id on a line “id: …”, or use the panel beside the ticket."


class NotFound(LookupError):
    """There is no one object that is meant; the text says why and what to write."""


def meant_object(service: Service, role: str, command: Command, clues: Clues) -> Subject:
    """The object of a command. Raises NotFound, or NothingPublished."""
    kind = ACTIONS[command.macro.action].object_kind
    if command.object_id:
        return _named(service, role, kind, command.object_id)
    person = _person(service, clues)
    account, object_id = _one(kind, _objects_of(service, kind, person))
    subject = find_subject(service, role, kind, account, object_id)
    if subject is None:  # published anew in between
        raise NotFound(f"The {kind} {object_id} is not in the published file any more. {_LOOKED_THROUGH}")
    return subject


def _named(service: Service, role: str, kind: ObjectKind, object_id: str) -> Subject:
    accounts = [account.name for account in service.settings.accounts]
    found = [one for account in accounts if (one := find_subject(service, role, kind, account, object_id))]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(one.account for one in found)
        raise NotFound(f"There is a {kind} {object_id} at several accounts: {names}. Use the panel beside the ticket.")
    raise NotFound(f"There is no {kind} {object_id}; check what stands after “id:”.")


def _person(service: Service, clues: Clues) -> Person:
    found = matched(service, clues)
    if found.warning:
        raise NotFound(f"{found.warning} Use the panel beside the ticket.")
    if found.certain is None:
        how_many = "Several customers fit" if found.candidates else "No customer fits"
        raise NotFound(f"{how_many} what the ticket tells. {_LOOKED_THROUGH}")
    return found.certain.person


def _objects_of(service: Service, kind: ObjectKind, person: Person) -> list[tuple[str, str]]:
    """(account, id) of what a person has of a kind, the newest charge or invoice only."""
    published, customers = service.published, person.customers
    if kind == "charge":
        charges = charges_of(published, person.person_id, limit=NEWEST)
        paid = [(one.account, one.charge_id) for one in charges if one.status == "succeeded"]
        return paid[:1]
    if kind == "subscription":
        found = subscriptions_of(published, customers, limit=NEWEST)
        return [(one.account, one.subscription_id) for one in found if one.status in LIVING]
    if kind == "invoice":
        invoices = open_invoices_of(published, customers)
        return [(one.account, one.invoice_id) for one in invoices[-1:]]
    return _customers(customers)


def _customers(customers: Sequence[CustomerKey]) -> list[tuple[str, str]]:
    return [(one.account, one.customer_id) for one in customers]


def _one(kind: ObjectKind, found: list[tuple[str, str]]) -> tuple[str, str]:
    if len(found) == 1:
        return found[0]
    named = {"charge": "payment", "subscription": "running subscription", "invoice": "open invoice"}.get(kind, kind)
    if not found:
        raise NotFound(f"The customer has no {named}. {_LOOKED_THROUGH}")
    ids = ", ".join(object_id for _, object_id in found[:5])
    raise NotFound(f"The customer has {len(found)} {named}s: {ids}. Write which one on a line “id: …”.")
