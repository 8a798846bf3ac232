"""Settings, rows and documents for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from counterfoil.settings import Account, Branding, Entity, Rate, Settings, TaxRegistration
from flows.invoicing.credit_note import credit_note_drafts
from flows.invoicing.invoice import invoice_draft
from flows.invoicing.payments import PaymentRow, RefundRow, payment_of, refund_of
from warehouse.books.documents import Document, Draft
from warehouse.books.documents_data import DocumentData
from warehouse.books.documents_read import Credited

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def settings(var_dir: Path = Path("var")) -> Settings:
    """A German seller with registrations in five countries, two of them at once in Canada."""
    return Settings(
        var_dir=var_dir,
        reporting_time_zone="Europe/Berlin",
        entity=Entity(
            name="Example Books GmbH",
            address=("Torstrasse 1", "10119 Berlin"),
            country="DE",
            tax_id="DE136695976",
            email="billing@example.com",
        ),
        branding=Branding(legal_text="Example Books GmbH, Amtsgericht Charlottenburg HRB 12345"),
        accounts=(Account(name="stripe/eu", api_base="https://api.stripe.com"),),
        tax_registrations=(
            _registration("DE", "vat", ("16", date(2020, 7, 1)), ("19", date(2021, 1, 1))),
            _registration("FR", "vat", ("20", date(2014, 1, 1))),
            _registration("JP", "consumption_tax", ("10", date(2019, 10, 1))),
            _registration("CA", "gst", ("5", date(2008, 1, 1))),
            _registration("CA", "sales_tax", ("9.975", date(2013, 1, 1))),
            _registration("KW", "vat", ("5", date(2026, 1, 1))),
        ),
    )


def _registration(country: str, kind: Any, *rates: tuple[str, date]) -> TaxRegistration:
    return TaxRegistration(
        country=country, kind=kind, rates=tuple(Rate(percent=Decimal(percent), since=since) for percent, since in rates)
    )


def payment_row(**changes: Any) -> dict[str, Any]:
    """A row of the payments' query: 119.00 EUR from Germany."""
    row: dict[str, Any] = {
        "gateway": "stripe",
        "account": "stripe/eu",
        "charge_id": "ch_1",
        "captured_minor": 11900,
        "currency": "EUR",
        "created_at": datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
        "description": "Annual plan",
        "customer_id": "cus_1",
        "payment_method": "card",
        "card_brand": "visa",
        "card_last4": "4242",
        "email": "ada@example.org",
        "billing_name": "Ada Lovelace",
        "billing_country": "DE",
        "billing_state": None,
        "billing_postal_code": "10115",
        "card_country": "DE",
        "customer_name": None,
        "customer_country": None,
        "tax_exempt": "none",
        "tax_ids": "[]",
        "person_id": "per_1",
    }
    return row | changes


def payment(**changes: Any) -> PaymentRow:
    """The same as a payment."""
    return payment_of(payment_row(**changes))


def refund_row(**changes: Any) -> dict[str, Any]:
    """A row of the refunds' query: 50.00 EUR of that payment."""
    row: dict[str, Any] = {
        "gateway": "stripe",
        "account": "stripe/eu",
        "refund_id": "re_1",
        "charge_id": "ch_1",
        "amount_minor": 5000,
        "currency": "EUR",
        "created_at": datetime(2026, 4, 2, 9, 0, tzinfo=UTC),
        "reason": "requested_by_customer",
    }
    return row | changes


def refund(**changes: Any) -> RefundRow:
    """The same as a refund."""
    return refund_of(refund_row(**changes))


def as_document(draft: Draft, number: str = "INV-2026-000001") -> Document:
    """A draft as if it had been issued."""
    data: DocumentData = {**draft.data, "number": number, "issued_on": "2026-11-23"}
    return Document(draft.document_id, draft.kind, number, draft.series, draft.entity, 2026, NOW, data)


def invoice(**changes: Any) -> Document:
    """The invoice of one payment."""
    return as_document(invoice_draft(payment(**changes), settings()))


def credits_of(document: Document, *refunds: RefundRow, taken_minor: int = 0) -> tuple[list[Draft], list[str]]:
    """The drafts of the credit notes of refunds, and the sentences of the refused ones."""
    key = (document.data["payment"]["gateway"], document.data["payment"]["account"], "ch_1")
    known = {key: Credited(document, "per_1", "cus_1", taken_minor)}
    drafts, refusals = credit_note_drafts(refunds, known, settings().zone)
    return drafts, [refusal.sentence for refusal in refusals]
