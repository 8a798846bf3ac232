"""The frozen structured data of a document: all that is printed, and all that a tax summary needs. Kept as JSON.

Amounts are minor units and positive in every kind; percents are decimal text; days are ISO dates in the reporting
zone. Keys are only ever added: documents of years ago are drawn and summed from this.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Party(TypedDict):
    """The seller or the buyer. `country` is ISO 3166's two letters, or empty where it is not known."""

    name: str
    address: list[str]
    country: str
    email: str
    tax_ids: list[str]


class Line(TypedDict):
    """One line. `amount_minor` includes tax where the tax lines are inclusive."""

    description: str
    quantity: str
    unit_minor: int
    amount_minor: int
    percents: list[str]
    """The rates that apply to it, as in the tax lines."""


class TaxLine(TypedDict):
    """One tax at one rate, over the whole document."""

    country: str
    state: str | None
    kind: str
    percent: str
    is_inclusive: bool
    is_reverse_charge: bool
    taxable_minor: int
    tax_minor: int


class Payment(TypedDict):
    """The charge that paid it, or for a credit note the refund that gave it back."""

    gateway: str
    account: str
    charge_id: str
    refund_id: str | None
    method: str
    """In words: "Visa ending in 4242"."""


class Original(TypedDict):
    """The invoice that a credit note is about."""

    document_id: str
    number: str
    issued_on: str
    total_minor: int


class EInvoice(TypedDict):
    """What is known of the e-invoice; its XML is in the table e_invoices."""

    profile: str
    """ "EN 16931", or empty where there is none."""
    sha256: str
    absence: str
    """Why there is none, in a sentence."""


class DocumentData(TypedDict):
    """Everything. `number` and `issued_on` are filled in the transaction that issues."""

    kind: str
    number: str
    issued_on: str
    supplied_on: str
    """The day of the payment or of the refund: the tax period's day."""
    language: str
    currency: str
    colour: str
    legal_text: str
    seller: Party
    buyer: Party
    lines: list[Line]
    tax_lines: list[TaxLine]
    net_minor: int
    tax_minor: int
    total_minor: int
    payment: Payment
    original: Original | None
    evidence: dict[str, str]
    """What speaks for the payer's country: card_country, billing_country, customer_country."""
    notes: list[str]
    """Sentences below the totals, such as why no tax was charged."""
    e_invoice: NotRequired[EInvoice]
    """Missing in documents that were issued before there were e-invoices."""
