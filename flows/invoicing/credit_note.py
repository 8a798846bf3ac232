"""From a refund to the draft of its credit note, which names the invoice it takes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from zoneinfo import ZoneInfo

from connectors.money import Money
from flows.invoicing.payments import RefundRow
from flows.invoicing.tax import part_of
from warehouse.books.documents import Draft
from warehouse.books.documents_data import DocumentData, Line, Original, Payment, TaxLine
from warehouse.books.documents_read import Credited

CREDIT_NOTES = "CN"
"""The series of credit notes."""


class CreditRefused(ValueError):
    """The refund cannot be credited; the text says why and what to look at."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A payment or refund that got no document."""

    source_key: str
    sentence: str


def credit_note_drafts(
    refunds: Sequence[RefundRow], invoices: dict[tuple[str, str, str], Credited], zone: ZoneInfo
) -> tuple[list[Draft], list[Refusal]]:
    """Drafts for those refunds whose charge has an invoice of ours, in the order given, and the refused ones.

    The refunds must have no credit note yet: what earlier ones took back is in `Credited`.
    """
    taken = {key: credited.credited_minor for key, credited in invoices.items()}
    drafts: list[Draft] = []
    refusals: list[Refusal] = []
    for refund in refunds:
        key = (refund.gateway, refund.account, refund.charge_id)
        if key not in invoices:
            continue
        try:
            drafts.append(_draft(refund, invoices[key], taken[key], zone))
        except CreditRefused as refused:
            refusals.append(Refusal(refund.source_key, str(refused)))
        else:
            taken[key] += refund.refunded.minor
    return drafts, refusals


def _draft(refund: RefundRow, credited: Credited, taken_minor: int, zone: ZoneInfo) -> Draft:
    invoice = credited.invoice
    _check(refund, credited, taken_minor)
    return Draft(
        source_key=refund.source_key,
        kind="credit_note",
        series=CREDIT_NOTES,
        entity=invoice.entity,
        gateway=refund.gateway,
        account=refund.account,
        charge_id=refund.charge_id,
        refund_id=refund.refund_id,
        person_id=credited.person_id,
        customer_id=credited.customer_id,
        country=invoice.data["buyer"]["country"] or None,
        data=_data(refund, credited, taken_minor, zone),
        original_document_id=invoice.document_id,
    )


def _check(refund: RefundRow, credited: Credited, taken_minor: int) -> None:
    data = credited.invoice.data
    if refund.refunded.currency != data["currency"]:
        raise CreditRefused(
            f"Refund {refund.refund_id} is in {refund.refunded.currency}, but invoice {data['number']} is in "
            f"{data['currency']}: compare both at the gateway."
        )
    left = Money(data["total_minor"] - taken_minor, data["currency"])
    if refund.refunded.minor <= 0 or left < refund.refunded:
        raise CreditRefused(
            f"Refund {refund.refund_id} of {refund.refunded} cannot be credited: of invoice {data['number']} "
            f"{left} is left. Compare the charge and its refunds at the gateway."
        )


def _data(refund: RefundRow, credited: Credited, taken_minor: int, zone: ZoneInfo) -> DocumentData:
    invoice = credited.invoice.data
    carried_over = {name: value for name, value in invoice.items() if name != "e_invoice"}
    amount = refund.refunded.minor
    tax_lines = tax_lines_of_part(invoice, taken_minor, amount)
    tax = sum(line["tax_minor"] for line in tax_lines)
    return cast(
        DocumentData,
        {
            **carried_over,
            "kind": "credit_note",
            "number": "",
            "issued_on": "",
            "supplied_on": refund.created_at.astimezone(zone).date().isoformat(),
            "lines": [_line(refund, invoice)],
            "tax_lines": tax_lines,
            "net_minor": amount - tax,
            "tax_minor": tax,
            "total_minor": amount,
            "payment": Payment(
                gateway=refund.gateway,
                account=refund.account,
                charge_id=refund.charge_id,
                refund_id=refund.refund_id,
                method=invoice["payment"]["method"],
            ),
            "original": Original(
                document_id=credited.invoice.document_id,
                number=invoice["number"],
                issued_on=invoice["issued_on"],
                total_minor=invoice["total_minor"],
            ),
        },
    )


def tax_lines_of_part(invoice: DocumentData, taken: int, amount: int) -> list[TaxLine]:
    """The tax of `amount` after `taken` was credited before, in minor units of the invoice's currency.

    Each tax as the growth of what is credited in all, so that several part refunds add up to the invoice's tax.
    """
    total = invoice["total_minor"]
    taxes = [
        part_of(line["tax_minor"], taken + amount, total) - part_of(line["tax_minor"], taken, total)
        for line in invoice["tax_lines"]
    ]
    net = amount - sum(taxes)
    return [
        TaxLine(**{**line, "taxable_minor": net, "tax_minor": tax})
        for line, tax in zip(invoice["tax_lines"], taxes, strict=True)
    ]


def _line(refund: RefundRow, invoice: DocumentData) -> Line:
    return Line(
        description=f"Refund on invoice {invoice['number']}",
        quantity="1",
        unit_minor=refund.refunded.minor,
        amount_minor=refund.refunded.minor,
        percents=[line["percent"] for line in invoice["tax_lines"]],
    )
