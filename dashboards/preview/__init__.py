"""What an action would do, in sentences, before anybody confirms or approves it; as far as the published file knows.

Nothing here decides anything: the flow reads the object at the gateway and judges again.
"""

from __future__ import annotations

from markupsafe import Markup

import connectors.actions as kinds
from connectors.actions import Action
from dashboards.charge_views import ChargeView
from dashboards.preview import of_charges, of_customers, of_invoices, of_subscriptions
from dashboards.service import Service
from dashboards.subjects import Subject
from warehouse.reads.customers import Customer
from warehouse.reads.invoices import Invoice
from warehouse.reads.subscriptions import Subscription


def consequences(service: Service, subject: Subject, action: Action) -> list[Markup]:
    """The sentences, most important first; empty where the action is not about this kind of object."""
    match subject.known:
        case ChargeView() as view:
            return _of_charge(service, subject, view, action)
        case Subscription() as subscription:
            return of_subscriptions.consequences(service, subject, subscription, action)
        case Invoice() as invoice:
            return of_invoices.consequences(invoice, action)
        case Customer() as customer:
            return of_customers.consequences(service, customer, action)


def _of_charge(service: Service, subject: Subject, view: ChargeView, action: Action) -> list[Markup]:
    match action:
        case kinds.Refund():
            return of_charges.refund(service, subject, view, action)
        case kinds.Capture():
            return of_charges.capture(subject, view, action)
        case kinds.Void():
            return of_charges.void(subject, view)
        case kinds.ChargeAgain():
            return of_charges.charge_again(subject, view, action)
        case kinds.Authorize():
            return of_charges.authorize(subject, view, action)
        case kinds.AddOrderNote():
            return of_charges.add_order_note(action)
    return []
