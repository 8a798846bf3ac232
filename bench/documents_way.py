"""`python -m bench.documents_way WAY COUNT`: draw that many documents one way; prints the CPU seconds as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from counterfoil.settings import Account, Entity, Rate, Settings, TaxRegistration
from flows.invoicing.e_invoice import with_e_invoice
from flows.invoicing.invoice import invoice_draft
from flows.invoicing.payments import payment_of
from warehouse.books.documents import Document, Draft

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LINES = 5


def draft(number: int) -> Draft:
    """An invoice over five lines; every number gives another one."""
    settings = Settings(
        entity=Entity(
            name="Example Books GmbH",
            address=("Torstrasse 1", "10119 Berlin"),
            country="DE",
            tax_id="DE136695976",
            email="billing@example.com",
        ),
        accounts=(Account(name="stripe/eu", api_base="https://api.stripe.com"),),
        tax_registrations=(
            TaxRegistration(country="DE", kind="vat", rates=(Rate(percent=Decimal(19), since=date(2021, 1, 1)),)),
        ),
    )
    row = dict.fromkeys(
        "description customer_name customer_country card_country billing_state person_id tax_ids customer_id".split()
    )
    row |= {"gateway": "stripe", "account": "stripe/eu", "charge_id": f"ch_{number}", "created_at": NOW}
    row |= {"captured_minor": 11900 + number * LINES, "currency": "EUR", "email": f"payer{number}@example.org"}
    row |= {"payment_method": "card", "card_brand": "visa", "card_last4": "4242", "tax_exempt": "none"}
    row |= {"billing_name": f"Payer {number}", "billing_country": "DE", "billing_postal_code": "10115"}
    made = invoice_draft(payment_of(row), settings)
    (line,) = made.data["lines"]
    part = made.data["total_minor"] // LINES
    made.data["lines"] = [
        {**line, "description": f"Seat {place} of team {number}", "unit_minor": part, "amount_minor": part}
        for place in range(1, LINES + 1)
    ]
    made.data["number"], made.data["issued_on"] = f"INV-2026-{number:06d}", "2026-11-23"
    return made


def document(number: int) -> Document:
    """The same as if it had been issued, without an e-invoice."""
    made = draft(number)
    return Document(made.document_id, "invoice", made.data["number"], "INV", "bench", 2026, NOW, made.data)


def with_xml(number: int) -> Document:
    """With its validated e-invoice."""
    data, xml = with_e_invoice(draft(number), document(number).data)
    return replace(document(number), data=data, e_invoice=xml)


def naive() -> Callable[[int], bytes]:
    """As the manual begins: everything is read again for each document."""
    from weasyprint import CSS, HTML

    from flows.invoicing.render import to_html
    from flows.invoicing.template_version import TEMPLATES

    def draw(number: int) -> bytes:
        pdf: bytes = HTML(string=to_html(document(number))).write_pdf(
            stylesheets=[CSS(filename=TEMPLATES / "document.css")]
        )
        return pdf

    return draw


def weasyprint() -> Callable[[int], bytes]:
    from flows.invoicing.render import render

    ready = {number: with_xml(number) for number in range(60)}  # the row beside has the e-invoice's own time
    return lambda number: render(ready[number])


def typst() -> Callable[[int], bytes]:
    from flows.invoicing.render_bulk import render

    return lambda number: render(document(number))


def einvoice() -> Callable[[int], bytes]:
    from flows.invoicing.render_bulk import render

    return lambda number: render(with_xml(number))


WAYS = {way.__name__: way for way in (naive, weasyprint, typst, einvoice)}


def main(way: str, count: str) -> None:
    draw = WAYS[way]()
    draw(0)
    start = time.process_time()
    for number in range(1, int(count) + 1):
        draw(number)
    print(json.dumps(time.process_time() - start))


if __name__ == "__main__":
    main(*sys.argv[1:])
