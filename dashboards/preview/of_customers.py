"""What an action on a customer would do."""

from __future__ import annotations

from markupsafe import Markup

import connectors.actions as kinds
from connectors.actions import Action
from connectors.money import Money
from counterfoil.countries import COUNTRIES
from dashboards.choices import price_named
from dashboards.service import Service
from dashboards.written import money
from warehouse.reads.customers import Customer
from warehouse.reads.subscriptions import in_words

ISSUED_STAY = Markup("Documents that are issued already stay as they are; later ones use it.")


def consequences(service: Service, customer: Customer, action: Action) -> list[Markup]:
    """The sentences; empty for actions on other kinds of objects."""
    match action:
        case kinds.CreateSubscription():
            return _create(service, customer, action)
        case kinds.AddTaxId():
            has = ", ".join(customer.tax_ids) or "none"
            return [
                Markup(
                    "The tax id <b>{}</b> is added; now there is {}. Where a gateway keeps one, it replaces it."
                ).format(action.tax_id, has),
                Markup("Whether tax is charged may change with it, from the next invoice on."),
                ISSUED_STAY,
            ]
        case kinds.ChangeAddress():
            return _address(customer, action)
    return []


def _create(service: Service, customer: Customer, action: kinds.CreateSubscription) -> list[Markup]:
    price = price_named(service, customer.account, action.price_id)
    name = price.words if price else action.price_id
    times = f", {action.quantity} times" if action.quantity != 1 else ""
    lines = [Markup("A subscription begins: <b>{}</b>{}.").format(name, times)]
    if price and price.amount:
        cost = Money(price.amount.minor * action.quantity, price.amount.currency)
        lines.append(
            Markup("<b>{}</b> is <b>taken from the customer</b> now, and then {}.").format(
                money(cost), in_words(price.interval, price.interval_count)
            )
        )
    else:
        lines.append(Markup("The first payment is <b>taken from the customer</b> now; how much, the gateway tells."))
    return [
        *lines,
        Markup("It comes from the customer’s default payment method; without one the gateway refuses."),
        Markup("Tax comes on top or is within it as the gateway’s settings say; its invoice tells."),
    ]


def _address(customer: Customer, action: kinds.ChangeAddress) -> list[Markup]:
    parts = (action.line1, action.line2, f"{action.postal_code} {action.city}".strip(), action.state)
    country = COUNTRIES.get(action.country, action.country)
    new = ", ".join(part for part in (*parts, country) if part)
    lines = [Markup("The billing address becomes <b>{}</b>. What is left empty is emptied at the gateway.").format(new)]
    before = customer.country
    if before and before != action.country:
        moved = Markup("The country changes from {} to {}: so may the tax, from the next invoice on.")
        lines.append(moved.format(COUNTRIES.get(before, before), country))
    return [*lines, ISSUED_STAY]
