"""From a payment to the draft of its invoice."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from counterfoil.settings import Settings
from flows.invoicing.payments import PaymentRow
from flows.invoicing.tax import Taxed, tax_of_payment
from warehouse.books.documents import Draft
from warehouse.books.documents_data import DocumentData, Line, Party, Payment

INVOICES = "INV"
"""The series of invoices."""
LONGEST_TEXT = 600
"""Longer texts of outside are cut, so that a document stays one."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")


def invoice_draft(payment: PaymentRow, settings: Settings) -> Draft:
    """The draft of the invoice over a payment, its tax taken from the registrations."""
    day = payment.created_at.astimezone(settings.zone).date()
    taxed = tax_of_payment(payment.paid.minor, payment.country, payment.exemption, day, settings.tax_registrations)
    return Draft(
        source_key=payment.source_key,
        kind="invoice",
        series=INVOICES,
        entity=entity_key(settings),
        gateway=payment.gateway,
        account=payment.account,
        charge_id=payment.charge_id,
        refund_id=None,
        person_id=payment.person_id,
        customer_id=payment.customer_id,
        country=payment.country or None,
        data=_data(payment, settings, taxed, settings.zone),
    )


def entity_key(settings: Settings) -> str:
    """What tells legal entities apart in the number series: the tax id, which survives a change of name."""
    return settings.entity.tax_id or settings.entity.name


def _data(payment: PaymentRow, settings: Settings, taxed: Taxed, zone: ZoneInfo) -> DocumentData:
    return DocumentData(
        kind="invoice",
        number="",
        issued_on="",
        supplied_on=payment.created_at.astimezone(zone).date().isoformat(),
        language="en",
        currency=payment.paid.currency,
        colour=settings.branding.colour,
        legal_text=settings.branding.legal_text,
        seller=_seller(settings, payment.country),
        buyer=_buyer(payment),
        lines=[_line(payment, taxed)],
        tax_lines=taxed.tax_lines,
        net_minor=taxed.net_minor,
        tax_minor=taxed.tax_minor,
        total_minor=payment.paid.minor,
        payment=Payment(
            gateway=payment.gateway,
            account=payment.account,
            charge_id=payment.charge_id,
            refund_id=None,
            method=payment.method,
        ),
        original=None,
        evidence=_evidence(payment),
        notes=taxed.notes,
    )


def _seller(settings: Settings, country: str) -> Party:
    entity = settings.entity
    ids = [entity.tax_id, *(item.tax_id for item in settings.tax_registrations if item.country == country)]
    return Party(
        name=entity.name,
        address=list(entity.address),
        country=entity.country,
        email=entity.email,
        tax_ids=[tax_id for tax_id in dict.fromkeys(ids) if tax_id],
    )


def _buyer(payment: PaymentRow) -> Party:
    place = " ".join(part for part in (one_line(payment.postal_code), one_line(payment.state)) if part)
    return Party(
        name=one_line(payment.name),
        address=[place] if place else [],
        country=payment.country,
        email=one_line(payment.email),
        tax_ids=[one_line(tax_id) for tax_id in payment.tax_ids],
    )


def _line(payment: PaymentRow, taxed: Taxed) -> Line:
    return Line(
        description=one_line(payment.description) or "Payment",
        quantity="1",
        unit_minor=payment.paid.minor,
        amount_minor=payment.paid.minor,
        percents=[tax_line["percent"] for tax_line in taxed.tax_lines],
    )


def _evidence(payment: PaymentRow) -> dict[str, str]:
    found = {
        "billing_country": payment.billing_country,
        "customer_country": payment.customer_country,
        "card_country": payment.card_country,
    }
    return {name: country for name, country in found.items() if country}


def one_line(text: str) -> str:
    """A text of outside on one line: no control characters or overrides of direction, and not endless."""
    flat = " ".join(_CONTROLS.sub(" ", text).split())
    return flat if len(flat) <= LONGEST_TEXT else flat[: LONGEST_TEXT - 1] + "…"
