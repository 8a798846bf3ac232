"""A tax id that the customer tells later: a credit note over what is left of the invoice, and a new one with the id.

Both in one transaction, so that there is never the one without the other. The tax stays as it was charged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import duckdb

from counterfoil.paths import Paths
from counterfoil.settings import Settings
from counterfoil.tax_ids import AnotherCountrys, NotChecked, TaxIdWrong, checked
from flows.invoicing.credit_note import CREDIT_NOTES, tax_lines_of_part
from flows.invoicing.e_invoice import with_e_invoice
from flows.invoicing.invoice import INVOICES
from flows.invoicing.template_version import template_version
from flows.invoicing.wording import country as country_name
from warehouse.books.connection import open_books
from warehouse.books.documents import Document, Draft, NotIssued, issue
from warehouse.books.documents_data import DocumentData, Line, Original
from warehouse.books.documents_read import Credited, find, invoices_of
from warehouse.state import transaction


class TaxIdInvalid(ValueError):
    """The text is no tax id of the customer's country."""


class ReplacementRefused(ValueError):
    """The invoice cannot be replaced; the text says why."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """What stands in the books now instead of the invoice."""

    credit_note: Document
    invoice: Document


def checked_tax_id(text: str, country: str) -> str:
    """The tax id in its compact form, as its country's check digits want it. Offline: that it is in use is not known.

    Raises TaxIdInvalid; also for countries whose ids cannot be checked.
    """
    try:
        return checked(text, country)
    except NotChecked:
        raise TaxIdInvalid(f"Tax ids of {country_name(country)} cannot be checked here.") from None
    except AnotherCountrys as error:
        raise TaxIdInvalid(f"{error} is not of {country_name(country)}, which is the country on the invoice.") from None
    except TaxIdWrong as error:
        raise TaxIdInvalid(f"{text[:40]!r} is no tax id of {country_name(country)}: {error}") from None


def add_tax_id(paths: Paths, settings: Settings, document_id: str, tax_id: str, *, now: datetime) -> Replacement:
    """Credit what is left of an invoice of ours and issue it anew with the tax id. The same once more changes nothing.

    Raises TaxIdInvalid, ReplacementRefused, NotIssued; then nothing was issued and no number taken.
    """
    with open_books(paths) as conn, transaction(conn):
        old = find(conn, document_id)
        if old is None or old.kind != "invoice":
            raise ReplacementRefused(f"There is no invoice {document_id} in the books; give the id of one of ours.")
        checked = checked_tax_id(tax_id, old.data["buyer"]["country"])
        credit, invoice = _sources(document_id, checked)
        done = _already(conn, old, credit, invoice)
        if done:
            return done
        drafts = _drafts(_replaceable(conn, old), credit, invoice, checked)
        issued = issue(
            conn,
            drafts,
            issued_at=now,
            issued_on=now.astimezone(settings.zone).date(),
            template_version=template_version(),
            complete=with_e_invoice,
            on_refused=_refuse,
        )
        return Replacement(*issued)


def _refuse(draft: Draft, sentence: str) -> None:
    raise NotIssued(sentence)


def _sources(document_id: str, tax_id: str) -> tuple[str, str]:
    return f"credit_note:tax_id:{document_id}:{tax_id}", f"invoice:tax_id:{document_id}:{tax_id}"


def _already(conn: duckdb.DuckDBPyConnection, old: Document, credit: str, invoice: str) -> Replacement | None:
    rows = conn.execute(
        "SELECT source_key, document_id FROM documents WHERE source_key IN ($credit, $invoice) AND entity = $entity",
        {"credit": credit, "invoice": invoice, "entity": old.entity},
    ).fetchall()
    ids = dict(rows)
    found = [find(conn, ids[key]) for key in (credit, invoice) if key in ids]
    return Replacement(*cast(list[Document], found)) if len(found) == 2 else None


def _replaceable(conn: duckdb.DuckDBPyConnection, old: Document) -> Credited:
    payment = old.data["payment"]
    key = (payment["gateway"], payment["account"], payment["charge_id"])
    newest = invoices_of(conn, [key])[key]
    if newest.invoice.document_id != old.document_id:
        raise ReplacementRefused(f"{old.number} was replaced by {newest.invoice.number}; add the tax id to that one.")
    if newest.credited_minor >= old.data["total_minor"]:
        raise ReplacementRefused(f"{old.number} is credited in full already: there is nothing left to invoice anew.")
    return newest


def _drafts(credited: Credited, credit: str, invoice: str, tax_id: str) -> list[Draft]:
    old, taken = credited.invoice, credited.credited_minor
    rest = _rest(old.data, taken)
    original = Original(
        document_id=old.document_id,
        number=old.number,
        issued_on=old.data["issued_on"],
        total_minor=old.data["total_minor"],
    )
    why = f"Invoice {old.number} is replaced by a new one with the tax id {tax_id}."
    note = _changed(rest, kind="credit_note", original=original, notes=[*rest["notes"], why])
    buyer = {**rest["buyer"], "tax_ids": [tax_id]}
    anew = _changed(rest, buyer=buyer, notes=[*rest["notes"], f"Replaces invoice {old.number}: the tax id was added."])
    return [
        _draft(credited, credit, "credit_note", CREDIT_NOTES, note, old.document_id),
        _draft(credited, invoice, "invoice", INVOICES, anew, None),
    ]


def _rest(data: DocumentData, taken: int) -> DocumentData:
    """The invoice without what was refunded of it."""
    left = data["total_minor"] - taken
    tax_lines = tax_lines_of_part(data, taken, left)
    tax = sum(line["tax_minor"] for line in tax_lines)
    lines: Sequence[Line] = data["lines"] if not taken else [_rest_line(data, left)]
    return _changed(
        {name: value for name, value in data.items() if name != "e_invoice"},
        number="",
        issued_on="",
        lines=list(lines),
        tax_lines=tax_lines,
        net_minor=left - tax,
        tax_minor=tax,
        total_minor=left,
    )


def _rest_line(data: DocumentData, left: int) -> Line:
    return Line(
        description=f"What is left of invoice {data['number']} after refunds",
        quantity="1",
        unit_minor=left,
        amount_minor=left,
        percents=[line["percent"] for line in data["tax_lines"]],
    )


def _changed(data: object, **changes: object) -> DocumentData:
    return cast(DocumentData, {**cast(dict[str, object], data), **changes})


def _draft(
    credited: Credited, source: str, kind: str, series: str, data: DocumentData, original_document_id: str | None
) -> Draft:
    payment = data["payment"]
    return Draft(
        source_key=source,
        kind=kind,
        series=series,
        entity=credited.invoice.entity,
        gateway=payment["gateway"],
        account=payment["account"],
        charge_id=payment["charge_id"],
        refund_id=None,
        person_id=credited.person_id,
        customer_id=credited.customer_id,
        country=data["buyer"]["country"] or None,
        data=data,
        original_document_id=original_document_id,
    )
