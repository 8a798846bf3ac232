"""What the template places: a document's frozen data with every amount, day and name already written out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC

from flows.invoicing import wording
from warehouse.books.documents import Document
from warehouse.books.documents_data import DocumentData, Line, Party, TaxLine

_COLOUR = re.compile("#[0-9a-fA-F]{6}")
DEFAULT_COLOUR = "#1f4e5f"


@dataclass(frozen=True, slots=True)
class PartyText:
    """A seller or buyer as printed."""

    name: str
    direction: str
    address: list[str]
    country: str
    email: str
    tax_ids: list[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One label with its value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class LineText:
    """One line as printed."""

    description: str
    direction: str
    quantity: str
    unit: str
    rate: str
    amount: str


@dataclass(frozen=True, slots=True)
class TotalText:
    """One row of the totals; `kind` is its CSS class."""

    kind: str
    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class TaxText:
    """One row of the tax table."""

    tax: str
    country: str
    rate: str
    taxable: str
    amount: str


@dataclass(frozen=True, slots=True)
class Page:
    """The whole document as text."""

    title: str
    number: str
    language: str
    created: str
    colour: str
    legal_text: str
    currency: str
    seller: PartyText
    buyer_label: str
    buyer: PartyText
    facts: list[Fact]
    lines: list[LineText]
    totals: list[TotalText]
    tax_rows: list[TaxText]
    notes: list[str]


def page_of(document: Document) -> Page:
    """Write a document out. The same document gives the same page, whenever and wherever."""
    data = document.data
    return Page(
        title=wording.TITLES[data["kind"]],
        number=data["number"],
        language=data["language"],
        created=document.issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        colour=data["colour"] if _COLOUR.fullmatch(data["colour"]) else DEFAULT_COLOUR,
        legal_text=data["legal_text"],
        currency=data["currency"],
        seller=_party(data["seller"]),
        buyer_label="Billed to" if data["kind"] == "invoice" else "Credited to",
        buyer=_buyer(data["buyer"]),
        facts=_facts(data),
        lines=[_line(line, data["currency"]) for line in data["lines"]],
        totals=_totals(data),
        tax_rows=[_tax_row(line, data["currency"]) for line in data["tax_lines"]],
        notes=_notes(data),
    )


def direction(text: str) -> str:
    """ "rtl" where the first letter with a direction is written from right to left, else "ltr"."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def _party(party: Party) -> PartyText:
    return PartyText(
        name=party["name"],
        direction=direction(party["name"]),
        address=party["address"],
        country=wording.country(party["country"]),
        email=party["email"],
        tax_ids=party["tax_ids"],
    )


def _buyer(buyer: Party) -> PartyText:
    if buyer["name"]:
        return _party(buyer)
    return _party({**buyer, "name": buyer["email"] or "No name given", "email": ""})


def _facts(data: DocumentData) -> list[Fact]:
    original, is_refund = data["original"], bool(data["payment"]["refund_id"])
    facts = [Fact("Number", data["number"]), Fact("Date of issue", wording.day(data["issued_on"]))]
    facts.append(Fact("Date of refund" if is_refund else "Date of payment", wording.day(data["supplied_on"])))
    if original:
        facts.append(Fact("For invoice", original["number"]))
        facts.append(Fact("Invoice date", wording.day(original["issued_on"])))
    if data["payment"]["method"]:
        facts.append(Fact("Refunded to" if is_refund else "Paid with", data["payment"]["method"]))
    return facts


def _line(line: Line, currency: str) -> LineText:
    return LineText(
        description=line["description"],
        direction=direction(line["description"]),
        quantity=line["quantity"],
        unit=wording.amount(line["unit_minor"], currency),
        rate=" + ".join(f"{percent} %" for percent in line["percents"]) or "–",
        amount=wording.amount(line["amount_minor"], currency),
    )


def _totals(data: DocumentData) -> list[TotalText]:
    currency = data["currency"]
    rows = [TotalText("", "Net", wording.amount(data["net_minor"], currency))]
    rows += [TotalText("", _tax_label(line), wording.amount(line["tax_minor"], currency)) for line in data["tax_lines"]]
    is_invoice = data["kind"] == "invoice"
    total = wording.amount_with_code(data["total_minor"], currency)
    rows.append(TotalText("total", "Total" if is_invoice else "Credited", total))
    if is_invoice:
        rows.append(TotalText("soft", "Paid", wording.amount(data["total_minor"], currency)))
        rows.append(TotalText("soft", "Amount due", wording.amount(0, currency)))
    return rows


def _tax_label(line: TaxLine) -> str:
    if line["is_reverse_charge"]:
        return f"{wording.tax(line['kind'])} (reverse charge)"
    return f"{wording.tax(line['kind'])} {line['percent']} %"


def _tax_row(line: TaxLine, currency: str) -> TaxText:
    place = wording.country(line["country"])
    return TaxText(
        tax=wording.tax(line["kind"]),
        country=f"{place}, {line['state']}" if line["state"] else place,
        rate="reverse charge" if line["is_reverse_charge"] else f"{line['percent']} %",
        taxable=wording.amount(line["taxable_minor"], currency),
        amount=wording.amount(line["tax_minor"], currency),
    )


def _notes(data: DocumentData) -> list[str]:
    notes = list(data["notes"])
    original = data["original"]
    if original:
        total = wording.amount_with_code(original["total_minor"], data["currency"])
        day = wording.day(original["issued_on"])
        notes.insert(0, f"This credit note corrects invoice {original['number']} of {day} over {total}.")
    if any(line["is_inclusive"] and not line["is_reverse_charge"] for line in data["tax_lines"]):
        notes.append("Prices include tax.")
    reference = data["payment"]["refund_id"] or data["payment"]["charge_id"]
    notes.append(f"Payment reference: {reference}")
    return notes
