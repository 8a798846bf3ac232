"""The object that an action is about, found in the published file, and the person whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.actions import ObjectKind
from connectors.states import ObjectState
from dashboards.charge_views import ChargeView, charge_views, order_of
from dashboards.object_views import current_state
from dashboards.service import Service
from warehouse.reads.charges import Charge, find_charge
from warehouse.reads.customers import Customer, find_customer, person_of_customer
from warehouse.reads.invoices import Invoice, find_invoice
from warehouse.reads.people import Person, find_person, person_of_charge
from warehouse.reads.subscriptions import Subscription, find_subscription

Known = ChargeView | Subscription | Invoice | Customer


@dataclass(frozen=True, slots=True)
class Subject:
    """One object as it stands now, as far as the published file and our newest actions tell."""

    state: ObjectState
    known: Known
    person: Person | None

    @property
    def account(self) -> str:
        return self.state.account

    @property
    def kind(self) -> ObjectKind:
        return self.state.object_kind

    @property
    def object_id(self) -> str:
        return self.state.object_id

    @property
    def who(self) -> str:
        """The person in words; empty where nobody is known."""
        return (self.person.name or self.person.email or "") if self.person else ""


def find_subject(
    service: Service, role: str, kind: ObjectKind, account: str, object_id: str, *, without_request: str = ""
) -> Subject | None:
    """One object, or None where the published file does not know it. Raises NothingPublished.

    `without_request`: as if this one had not been asked for.
    """
    if kind in ("charge", "order"):
        charge = find_charge(service.published, account, object_id)
        return _charge(service, role, kind, charge, without_request) if charge else None
    find = {"subscription": find_subscription, "invoice": find_invoice, "customer": find_customer}[kind]
    known = find(service.published, account, object_id)
    if known is None:
        return None
    found = service.live.of_objects([(account, kind, object_id)], now=service.clock())
    runs = [run for run in found if not without_request or run.request_id != without_request]
    person_id = person_of_customer(service.published, account, known.customer_id) if known.customer_id else None
    return Subject(current_state(known, runs), known, _person(service, person_id))


def another_owner(subject: Subject, customer_id: str | None) -> str:
    """Why it is not the object of the customer who is meant; empty where it is, or nobody is meant."""
    owner = subject.state.customer_id
    if customer_id is None or owner is None or owner == customer_id:
        return ""
    return (
        f"The {subject.kind} {subject.object_id} belongs to the customer {owner}, not to {customer_id}; "
        "nothing was asked for. Look for it on the page of its own customer."
    )


def _charge(service: Service, role: str, kind: ObjectKind, charge: Charge, without_request: str) -> Subject:
    view = charge_views(service, role, [charge], without_request=without_request)[0]
    person_id = person_of_charge(service.published, charge.account, charge.charge_id)
    state = view.state if kind == "charge" else order_of(charge)
    return Subject(state, view, _person(service, person_id))


def _person(service: Service, person_id: str | None) -> Person | None:
    return find_person(service.published, person_id) if person_id else None
