"""The tax within a charge: by our own document, else by the gateway's invoice; and how much of a part is tax."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from connectors.money import Money
from warehouse.published import PublishedFile
from warehouse.reads.charges import Charge
from warehouse.reads.documents import invoice_of_charge


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One tax at one rate over the whole charge."""

    words: str
    """ "VAT 19 % (DE)"."""
    tax_minor: int


@dataclass(frozen=True, slots=True)
class ChargedTax:
    """The taxes of one invoice, whose total they are part of."""

    number: str
    is_ours: bool
    lines: tuple[TaxLine, ...]
    total: Money

    def of_part(self, taken_minor: int, amount_minor: int) -> list[tuple[TaxLine, Money]]:
        """The tax of `amount` after `taken` was given back before, each line rounded half up to whole minor units.

        Each as the growth of what is given back in all, as credit notes count it: parts add up to the whole tax.
        """
        return [
            (line, Money(self._upto(line, taken_minor + amount_minor) - self._upto(line, taken_minor), self.currency))
            for line in self.lines
        ]

    @property
    def currency(self) -> str:
        return self.total.currency

    def _upto(self, line: TaxLine, given_back_minor: int) -> int:
        return share(line.tax_minor, given_back_minor, self.total.minor)


def share(amount_minor: int, part_minor: int, whole_minor: int) -> int:
    """amount * part / whole in whole numbers, halves away from zero; 0 where there is no whole."""
    if whole_minor <= 0:
        return 0
    product = amount_minor * part_minor
    rounded = (2 * abs(product) + whole_minor) // (2 * whole_minor)
    return rounded if product >= 0 else -rounded


def tax_of_charge(published: PublishedFile, charge: Charge) -> ChargedTax | None:
    """The taxes of a charge; None where neither a document of ours nor an invoice of the gateway tells them."""
    document = invoice_of_charge(published, charge.account, charge.charge_id)
    if document is not None:
        return _of_document(published, document)
    return _of_invoice(published, charge.account, charge.invoice_id) if charge.invoice_id else None


def _of_document(published: PublishedFile, document: dict[str, Any]) -> ChargedTax:
    found = published.rows("SELECT data FROM books.documents WHERE document_id = ?", [document["document_id"]])
    data = json.loads(found[0]["data"]) if found else {}
    lines = tuple(_line(line) for line in data.get("tax_lines") or ())
    if sum(line.tax_minor for line in lines) != document["tax_minor"]:
        lines = (TaxLine("tax", int(document["tax_minor"])),)
    return ChargedTax(document["number"], True, lines, Money(int(document["total_minor"]), document["currency"]))


def _of_invoice(published: PublishedFile, account: str, invoice_id: str) -> ChargedTax | None:
    rows = published.rows(
        """SELECT number, total_minor, tax_minor, currency FROM canonical.invoices
           WHERE account = ? AND invoice_id = ? AND total_minor IS NOT NULL""",
        [account, invoice_id],
    )
    if not rows:
        return None
    lines = tuple(_line(row) for row in _lines_of(published, account, invoice_id))
    told = rows[0]["tax_minor"]
    if told is not None and sum(line.tax_minor for line in lines) != told:
        lines = (TaxLine("tax", int(told)),)
    elif told is None and not lines:
        return None
    return ChargedTax(
        rows[0]["number"] or invoice_id, False, lines, Money(int(rows[0]["total_minor"]), rows[0]["currency"])
    )


def _lines_of(published: PublishedFile, account: str, invoice_id: str) -> list[dict[str, Any]]:
    return published.rows(
        """SELECT kind, country, state, percent, is_reverse_charge, tax_minor FROM canonical.tax_lines
           WHERE account = ? AND invoice_id = ? ORDER BY tax_line_id""",
        [account, invoice_id],
    )


def _line(row: dict[str, Any]) -> TaxLine:
    place = "-".join(part for part in (row.get("country"), row.get("state")) if part)
    kind = str(row.get("kind") or "tax").replace("_", " ")
    kind = kind.upper() if kind in ("vat", "gst", "hst", "pst", "qst", "jct") else kind
    rate = f" {row['percent']} %" if row.get("percent") else ""
    turned = ", reverse charge" if row.get("is_reverse_charge") else ""
    return TaxLine(f"{kind}{rate}{f' ({place})' if place else ''}{turned}", int(row["tax_minor"] or 0))
