"""What an object is, in a few facts at the head of a page."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from dashboards.charge_views import ChargeView
from dashboards.service import Service
from dashboards.state_words import words
from dashboards.subjects import Subject
from dashboards.written import money
from warehouse.reads.customers import Customer
from warehouse.reads.invoices import Invoice
from warehouse.reads.subscriptions import Subscription

Facts = list[tuple[str, Markup]]
_BREAK = Markup("<br>")


def facts_of(service: Service, subject: Subject) -> Facts:
    """(label, text) pairs: the object first, then whose it is, then what matters for an action."""
    person = subject.person
    who = _lines(person.name, person.email) if person else Markup("unknown")
    match subject.known:
        case ChargeView() as view:
            own = _charge(service, view, words(subject.kind).capitalize())
        case Subscription() as subscription:
            own = _subscription(service, subscription)
        case Invoice() as invoice:
            own = _invoice(service, invoice)
        case Customer() as customer:
            own = _customer(customer)
    return [own[0], ("Customer", who), *own[1:]]


def _charge(service: Service, view: ChargeView, kind: str) -> Facts:
    charge = view.charge
    first = Markup("{} · {}").format(money(charge.amount), _day(service, charge.created_at))
    facts = [(kind, _lines(first, _code(charge.charge_id, charge.account)))]
    if view.state.capturable is not None:
        return [*facts, ("Held", _plain(money(view.state.capturable)))]
    facts.append(("State", Markup("{}").format(words(view.state.status))))
    if charge.captured.minor:
        facts += [("Refunded so far", _plain(money(charge.refunded + view.moving)))]
        facts += [("Can be refunded", _plain(money(view.left)))]
    return facts


def _subscription(service: Service, subscription: Subscription) -> Facts:
    name = subscription.product_name or subscription.price_id or "Subscription"
    cost = Markup("{} {}").format(money(subscription.amount), subscription.every) if subscription.amount else Markup("")
    facts = [
        ("Subscription", _lines(name, _code(subscription.subscription_id, subscription.account))),
        ("Costs", cost or Markup("–")),
        ("State", Markup("{}").format(words(subscription.status))),
    ]
    ends = subscription.current_period_end_at
    if ends:
        label = "Ends" if subscription.is_cancel_at_period_end else "Paid until"
        facts.append((label, Markup("{}").format(_day(service, ends))))
    return facts


def _invoice(service: Service, invoice: Invoice) -> Facts:
    facts = [
        ("Invoice", _lines(invoice.number or "without a number", _code(invoice.invoice_id, invoice.account))),
        ("Total", _plain(money(invoice.total))),
        ("Still to pay", _plain(money(invoice.remaining))),
        ("State", Markup("{}").format(words(invoice.status))),
    ]
    return [*facts, ("Due", Markup("{}").format(_day(service, invoice.due_at)))] if invoice.due_at else facts


def _customer(customer: Customer) -> Facts:
    place = ", ".join(part for part in (customer.state_name, customer.country) if part)
    return [
        ("Customer object", _lines(customer.name, _code(customer.customer_id, customer.account))),
        ("Country", Markup("{}").format(place or "–")),
        ("Tax ids", Markup("{}").format(", ".join(customer.tax_ids) or "none")),
    ]


def _code(object_id: str, account: str) -> Markup:
    return Markup("<code>{}</code> · {}").format(object_id, account)


def _lines(*parts: str | Markup | None) -> Markup:
    return _BREAK.join(part for part in parts if part)


def _plain(value: Markup | str) -> Markup:
    return Markup("{}").format(value)


def _day(service: Service, at: datetime) -> str:
    return f"{at.astimezone(service.settings.zone):%Y-%m-%d %H:%M}"
