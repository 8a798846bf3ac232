"""What an action on an invoice would do."""

from __future__ import annotations

from markupsafe import Markup

from connectors.actions import Action, MarkUncollectible, SendInvoice
from connectors.money import Money
from dashboards.written import money
from warehouse.reads.charged_tax import share
from warehouse.reads.invoices import Invoice


def consequences(invoice: Invoice, action: Action) -> list[Markup]:
    """The sentences; empty for actions on other kinds of objects."""
    number = invoice.number or invoice.invoice_id
    if isinstance(action, SendInvoice):
        return [
            Markup("The gateway sends invoice {} of {} to <b>{}</b>.").format(
                number, money(invoice.remaining), invoice.customer_email or "the address that it has"
            ),
            Markup("No money moves; the customer pays by the link in it."),
        ]
    if isinstance(action, MarkUncollectible):
        return [
            Markup("<b>{}</b> of invoice {} is given up: the gateway no longer tries to collect it.").format(
                money(invoice.remaining), number
            ),
            _tax(invoice),
            Markup("No credit note follows: the invoice stands, as not paid. The customer may still pay it."),
        ]
    return []


def _tax(invoice: Invoice) -> Markup:
    if invoice.tax is None:
        return Markup("The tax part is not known: the gateway’s invoice does not tell it.")
    part = Money(share(invoice.tax.minor, invoice.remaining.minor, invoice.total.minor), invoice.tax.currency)
    return Markup("Of it {} is tax, in proportion, halves of the smallest unit rounded up.").format(money(part))
