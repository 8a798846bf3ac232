"""From a document's frozen data to its e-invoice: Factur-X / ZUGFeRD, profile EN 16931, in CII.

What EN 16931 cannot say (three decimals, taxes other than VAT, a buyer in no known country) gets no e-invoice, and the
document keeps the reason. Source of the fields: EN 16931-1 and the Factur-X rules, by whose XSLT each is checked.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from pycheval import (
    EN16931Invoice,
    EN16931LineItem,
    IncludedNote,
    PaymentMeans,
    PostalAddress,
    Tax,
    TradeParty,
    generate_xml,
)
from pycheval import Money as Amount
from pycheval.exc import ModelError
from pycheval.quantities import QuantityCode
from pycheval.type_codes import DocumentTypeCode, PaymentMeansCode, TaxCategoryCode

from connectors.money import Money, exponent
from counterfoil.countries import COUNTRIES
from flows.invoicing.e_invoice_rules import broken_rules
from flows.invoicing.tax import EXEMPT, part_of
from warehouse.books.documents import Draft, NotIssued
from warehouse.books.documents_data import DocumentData, EInvoice, Line, Party, TaxLine

PROFILE = "EN 16931"
_PEPPOL_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_TOWN = re.compile(r"([A-Z]{0,2}-?\d{3,6})(?: (.+))?")
_VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}")


def with_e_invoice(draft: Draft, data: DocumentData) -> tuple[DocumentData, str | None]:
    """The frozen data with what is known of the e-invoice, and its XML; None where there is none.

    Raises NotIssued with the texts of the broken rules.
    """
    reason = why_none(data)
    if reason:
        return _known(data, EInvoice(profile="", sha256="", absence=reason)), None
    try:
        xml = cii(data)
    except ModelError as error:
        raise NotIssued(f"The e-invoice of {draft.source_key} cannot be written: {error}") from None
    broken = broken_rules(xml)
    if broken:
        raise NotIssued(f"The e-invoice of {draft.source_key} breaks EN 16931: {' '.join(broken)}")
    digest = hashlib.sha256(xml.encode()).hexdigest()
    return _known(data, EInvoice(profile=PROFILE, sha256=digest, absence="")), xml


def _known(data: DocumentData, e_invoice: EInvoice) -> DocumentData:
    return cast(DocumentData, {**data, "e_invoice": e_invoice})


def why_none(data: DocumentData) -> str:
    """Why EN 16931 has no way to say this document; empty where it has."""
    if exponent(data["currency"]) > 2:
        return f"Amounts of {data['currency']} have more than the two decimals of EN 16931."
    if any(line["kind"] != "vat" for line in data["tax_lines"]) or len(data["tax_lines"]) > 1:
        return "EN 16931 knows VAT at one rate per line, and this document has other taxes."
    if data["buyer"]["country"] not in COUNTRIES:
        return "EN 16931 asks for the buyer's country, which is not known."
    return ""


def cii(data: DocumentData) -> str:
    """The XML. Raises ModelError for what cannot be written at all."""
    nets = line_nets(data)
    total = _amount(data["total_minor"], data)
    is_outside = _category(data) is TaxCategoryCode.OUT_OF_SCOPE
    original = data["original"]
    invoice = EN16931Invoice(
        data["number"],
        DocumentTypeCode.CREDIT_NOTE if data["kind"] == "credit_note" else DocumentTypeCode.INVOICE,
        date.fromisoformat(data["issued_on"]),
        _seller(data["seller"], is_outside=is_outside),
        _buyer(data["buyer"], is_outside=is_outside),
        data["currency"],
        business_process_id=_PEPPOL_PROCESS,
        line_total_amount=_amount(data["net_minor"], data),
        tax_basis_total_amount=_amount(data["net_minor"], data),
        tax_total_amounts=[_amount(data["tax_minor"], data)],
        grand_total_amount=total,
        prepaid_amount=total,
        due_payable_amount=_amount(0, data),
        tax=[_tax(data)],
        delivery_date=date.fromisoformat(data["supplied_on"]),
        notes=[IncludedNote(note) for note in [*data["notes"], data["legal_text"]] if note],
        payment_means=[
            PaymentMeans(PaymentMeansCode.NOTDEFINED, information=data["payment"]["method"] or "Paid already")
        ],
        payment_reference=data["payment"]["refund_id"] or data["payment"]["charge_id"],
        preceding_invoices=[(original["number"], date.fromisoformat(original["issued_on"]))] if original else [],
        line_items=[
            _line(number, line, net, data)
            for number, (line, net) in enumerate(zip(data["lines"], nets, strict=True), 1)
        ],
    )
    # pycheval writes an address of the scheme EM as a link; the scheme means the bare address.
    return generate_xml(invoice).replace('schemeID="EM">mailto:', 'schemeID="EM">')


def line_nets(data: DocumentData) -> list[int]:
    """The lines' amounts without tax, which add up to the document's net amount exactly."""
    whole = sum(line["amount_minor"] for line in data["lines"])
    nets: list[int] = []
    reached = 0
    for line in data["lines"]:
        before, reached = reached, reached + line["amount_minor"]
        nets.append(part_of(data["net_minor"], reached, whole) - part_of(data["net_minor"], before, whole))
    return nets


def _category(data: DocumentData) -> TaxCategoryCode:
    if not data["tax_lines"]:
        return TaxCategoryCode.EXEMPT if EXEMPT in data["notes"] else TaxCategoryCode.OUT_OF_SCOPE
    line = data["tax_lines"][0]
    if line["is_reverse_charge"]:
        return TaxCategoryCode.REVERSE_CHARGE
    return TaxCategoryCode.STANDARD_RATE if Decimal(line["percent"]) else TaxCategoryCode.ZERO_RATE


def _rate(data: DocumentData, category: TaxCategoryCode) -> Decimal | None:
    if category is TaxCategoryCode.OUT_OF_SCOPE:
        return None
    return Decimal(data["tax_lines"][0]["percent"]) if category is TaxCategoryCode.STANDARD_RATE else Decimal(0)


def _tax(data: DocumentData) -> Tax:
    category = _category(data)
    line: TaxLine | None = data["tax_lines"][0] if data["tax_lines"] else None
    is_taxed = category in (TaxCategoryCode.STANDARD_RATE, TaxCategoryCode.ZERO_RATE)
    tax = Tax(
        _amount(0, data),
        _amount(line["taxable_minor"] if line else data["net_minor"], data),
        None,
        category,
        exemption_reason=None if is_taxed else " ".join(data["notes"]) or "No tax was charged.",
    )
    # Set afterwards: pycheval wants base x rate to the cent, which the tax inside a gross amount cannot always give;
    # the standard's own rule BR-CO-17 leaves room for it.
    tax.calculated_amount = _amount(line["tax_minor"] if line else 0, data)
    tax.rate_percent = _rate(data, category)
    return tax


def _line(number: int, line: Line, net: int, data: DocumentData) -> EN16931LineItem:
    category = _category(data)
    quantity = Decimal(line["quantity"])
    price = (Money(net, data["currency"]).decimal() / quantity).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    whole = Money(net, data["currency"]).decimal()
    return EN16931LineItem(
        str(number),
        line["description"],
        Amount(whole if quantity == 1 else price, data["currency"]),
        (quantity, QuantityCode.ONE),
        Amount(whole, data["currency"]),
        _rate(data, category),
        category,
    )


def _seller(seller: Party, *, is_outside: bool) -> TradeParty:
    """Outside the scope of VAT the standard forbids the seller's VAT id (BR-O-02); it is then a plain identifier."""
    own = seller["tax_ids"][0] if seller["tax_ids"] else None
    is_vat_id = bool(own and _VAT_ID.fullmatch(own)) and not is_outside
    return TradeParty(
        seller["name"],
        _address(seller),
        seller["email"] or None,
        vat_id=own if is_vat_id else None,
        tax_number=None if is_vat_id else own,
        ids=[own] if own and not is_vat_id else [],
    )


def _buyer(buyer: Party, *, is_outside: bool) -> TradeParty:
    vat_id = next((text for text in buyer["tax_ids"] if _is_vat_id(text)), None)
    return TradeParty(
        buyer["name"] or buyer["email"] or "No name given",
        _address(buyer),
        buyer["email"] or None,
        vat_id=None if is_outside else vat_id,
    )


def _is_vat_id(text: str) -> bool:
    return bool(_VAT_ID.fullmatch(text)) and (text[:2] in COUNTRIES or text[:2] in ("EL", "XI"))


def _address(party: Party) -> PostalAddress:
    lines = list(party["address"])
    town = _TOWN.fullmatch(lines[-1]) if lines else None
    if town:
        lines.pop()
    padded: list[str | None] = [*lines[:3], None, None, None]
    return PostalAddress(
        party["country"],
        post_code=town.group(1) if town else None,
        city=town.group(2) if town else None,
        line_one=padded[0],
        line_two=padded[1],
        line_three=padded[2],
    )


def _amount(minor: int, data: DocumentData) -> Amount:
    return Amount(Money(minor, data["currency"]).decimal(), data["currency"])
