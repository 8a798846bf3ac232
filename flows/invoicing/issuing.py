"""Issuing: number and freeze the documents that payments and refunds of a period still lack.

Each batch is one short transaction of the books. Running again, or after a kill at any instant, issues nothing twice
and leaves no gap: a number exists only with its document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

import duckdb

from counterfoil.paths import Paths
from counterfoil.settings import Settings
from flows.invoicing.credit_note import Refusal, credit_note_drafts
from flows.invoicing.e_invoice import with_e_invoice
from flows.invoicing.invoice import invoice_draft
from flows.invoicing.payments import PaymentRow, RefundRow, payments, refunds
from flows.invoicing.period import Period
from flows.invoicing.template_version import template_version
from warehouse.books.connection import open_books
from warehouse.books.documents import Document, Draft, issue, issued_sources
from warehouse.books.documents_read import invoices_of
from warehouse.published import PublishedFile
from warehouse.state import transaction

BATCH = 200
"""Documents per transaction, which holds the books while their e-invoices are checked: some two seconds."""

Row = TypeVar("Row", PaymentRow, RefundRow)


@dataclass(slots=True)
class IssueReport:
    """What was issued now, and which payments and refunds got no document and why."""

    invoices: int = 0
    credit_notes: int = 0
    first: dict[str, str] = field(default_factory=dict)
    """Series -> first number of this run."""
    last: dict[str, str] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    def add(self, documents: Sequence[Document]) -> None:
        """Count a batch."""
        for document in documents:
            self.invoices += document.kind == "invoice"
            self.credit_notes += document.kind == "credit_note"
            self.first.setdefault(document.series, document.number)
            self.last[document.series] = document.number

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a flow's result."""
        return {
            "invoices": self.invoices,
            "credit_notes": self.credit_notes,
            "first": self.first,
            "last": self.last,
            "refused": [refusal.sentence for refusal in self.refused],
        }


Progress = Callable[[str], None]


def issue_missing(
    paths: Paths, settings: Settings, *, period: Period, now: datetime, progress: Progress = lambda text: None
) -> IssueReport:
    """Issue an invoice for each payment and a credit note for each refund of the period that has none yet.

    Reads the published file. Gateway invoices keep their own number: their payments are not in the list.
    """
    with closing(PublishedFile(paths.published)) as published:
        paid = payments(published, period, settings.zone)
        given_back = refunds(published, period, settings.zone)
    return issue_rows(paths, settings, paid, given_back, now=now, progress=progress)


def issue_rows(
    paths: Paths,
    settings: Settings,
    paid: Sequence[PaymentRow],
    given_back: Sequence[RefundRow],
    *,
    now: datetime,
    progress: Progress = lambda text: None,
    batch: int = BATCH,
) -> IssueReport:
    """The same for given rows, in any order: numbers follow the time of the payments."""
    report = IssueReport(refused=[_no_payment(row) for row in paid if row.paid.minor <= 0])
    today = now.astimezone(settings.zone).date()
    for payments_batch in _batches(sorted((row for row in paid if row.paid.minor > 0), key=_age), batch):
        with open_books(paths) as conn, transaction(conn):
            documents, refusals = _issue(conn, [invoice_draft(row, settings) for row in payments_batch], now, today)
        report.add(documents)
        report.refused += refusals
        progress(f"{report.invoices} invoices issued")
    for refunds_batch in _batches(sorted(given_back, key=_age), batch):
        with open_books(paths) as conn, transaction(conn):
            documents, refusals = _credit(conn, refunds_batch, settings, now, today)
        report.add(documents)
        report.refused += refusals
        progress(f"{report.credit_notes} credit notes issued")
    return report


def _issue(
    conn: duckdb.DuckDBPyConnection, drafts: Sequence[Draft], now: datetime, today: date
) -> tuple[list[Document], list[Refusal]]:
    refusals: list[Refusal] = []
    documents = issue(
        conn,
        drafts,
        issued_at=now,
        issued_on=today,
        template_version=template_version(),
        complete=with_e_invoice,
        on_refused=lambda draft, sentence: refusals.append(Refusal(draft.source_key, sentence)),
    )
    return documents, refusals


def _no_payment(row: PaymentRow) -> Refusal:
    sentence = (
        f"Charge {row.charge_id} succeeded over {row.paid}: there is nothing to invoice. Look at it at the gateway."
    )
    return Refusal(row.source_key, sentence)


def _credit(
    conn: duckdb.DuckDBPyConnection, rows: Sequence[RefundRow], settings: Settings, now: datetime, today: date
) -> tuple[list[Document], list[Refusal]]:
    by_key = {row.source_key: row for row in rows}
    done = issued_sources(conn, list(by_key))
    fresh = [row for key, row in by_key.items() if key not in done]
    invoices = invoices_of(conn, [(row.gateway, row.account, row.charge_id) for row in fresh])
    drafts, refusals = credit_note_drafts(fresh, invoices, settings.zone)
    documents, not_issued = _issue(conn, drafts, now, today)
    return documents, refusals + not_issued


def _age(row: PaymentRow | RefundRow) -> tuple[datetime, str]:
    return row.created_at, row.source_key


def _batches(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
