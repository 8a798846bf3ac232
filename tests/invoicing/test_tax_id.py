"""A tax id told later: credit note and new invoice together, or neither."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from flows.invoicing.invoice import invoice_draft
from flows.invoicing.issuing import issue_rows
from flows.invoicing.mail_text import mail_text
from flows.invoicing.page import page_of
from flows.invoicing.render import to_html
from flows.invoicing.tax_id import Replacement, ReplacementRefused, TaxIdInvalid, add_tax_id, checked_tax_id
from tests.invoicing.builders import NOW, payment, refund, settings
from warehouse.books.connection import open_books
from warehouse.books.documents import NotIssued, issue
from warehouse.books.documents_read import undrawn
from warehouse.books.series import gaps
from warehouse.state import transaction

TAX_ID = "DE136695976"


def books(var: Path, *refunds: object) -> tuple[Paths, str]:
    paths = Paths(var)
    issue_rows(paths, settings(var), [payment()], list(refunds), now=NOW)  # type: ignore[arg-type]
    with open_books(paths) as conn:
        return paths, next(one.document_id for one in undrawn(conn, 10) if one.kind == "invoice")


def added(paths: Paths, document_id: str, tax_id: str = TAX_ID) -> Replacement:
    return add_tax_id(paths, settings(), document_id, tax_id, now=NOW + timedelta(days=1))


def numbers(paths: Paths) -> list[tuple[str, int]]:
    with open_books(paths) as conn:
        assert gaps(conn) == []
        return conn.execute("SELECT number, total_minor FROM documents ORDER BY number").fetchall()


def test_credit_note_and_new_invoice_come_together(tmp_path: Path) -> None:
    paths, document_id = books(tmp_path)
    done = added(paths, document_id, " de 136 695 976 ")
    assert numbers(paths) == [("CN-2026-000001", 11900), ("INV-2026-000001", 11900), ("INV-2026-000002", 11900)]
    note, anew = done.credit_note.data, done.invoice.data
    assert note["original"] is not None
    assert note["original"]["number"] == "INV-2026-000001"
    assert (anew["buyer"]["tax_ids"], note["buyer"]["tax_ids"]) == ([TAX_ID], [])
    assert anew["tax_lines"] == note["tax_lines"]
    assert (anew["tax_minor"], anew["supplied_on"]) == (1900, "2026-03-01")
    assert f">{TAX_ID}<" in (done.invoice.e_invoice or "")
    assert done.credit_note.e_invoice is not None


def test_the_same_once_more_changes_nothing(tmp_path: Path) -> None:
    paths, document_id = books(tmp_path)
    assert added(paths, document_id) == added(paths, document_id)
    assert len(numbers(paths)) == 3


def test_it_prints_no_refund_where_no_money_moved(tmp_path: Path) -> None:
    paths, document_id = books(tmp_path)
    done = added(paths, document_id)
    labels = {fact.label for fact in page_of(done.credit_note).facts}
    assert "Date of payment" in labels
    assert "Date of refund" not in labels
    assert "Replaces invoice INV-2026-000001" in to_html(done.invoice)
    assert "no money moves" in mail_text(done.credit_note).plain


def test_of_a_part_refunded_invoice_the_rest_is_invoiced_anew_and_taxes_add_up(tmp_path: Path) -> None:
    paths, document_id = books(tmp_path, refund(amount_minor=3333))
    done = added(paths, document_id)
    assert done.invoice.data["total_minor"] == done.credit_note.data["total_minor"] == 11900 - 3333
    with open_books(paths) as conn:
        credited = conn.execute("SELECT sum(tax_minor) FROM documents WHERE kind = 'credit_note'").fetchall()
    assert credited == [(1900,)]
    # A later refund is credited against the new invoice.
    issue_rows(
        paths, settings(), [], [refund(refund_id="re_2", amount_minor=11900 - 3333)], now=NOW + timedelta(days=2)
    )
    with open_books(paths) as conn:
        last = max((one for one in undrawn(conn, 10) if one.kind == "credit_note"), key=lambda one: one.number)
    assert last.data["original"] is not None
    assert last.data["original"]["number"] == done.invoice.number


def test_a_replaced_or_fully_credited_invoice_is_refused(tmp_path: Path) -> None:
    paths, document_id = books(tmp_path)
    done = added(paths, document_id)
    with pytest.raises(ReplacementRefused, match="INV-2026-000001 was replaced by INV-2026-000002"):
        added(paths, document_id, "DE811569869")
    with pytest.raises(ReplacementRefused, match="There is no invoice"):
        added(paths, done.credit_note.document_id)
    other, spent = books(tmp_path / "other", refund(amount_minor=11900))
    with pytest.raises(ReplacementRefused, match="credited in full already"):
        added(other, spent)


def test_if_one_of_the_two_may_not_be_issued_there_is_neither(tmp_path: Path) -> None:
    """A reverse charge of before there were e-invoices: its credit note would break the rules."""
    paths = Paths(tmp_path)
    draft = invoice_draft(payment(tax_exempt="reverse", billing_country="FR"), settings())
    with open_books(paths) as conn, transaction(conn):
        (old,) = issue(conn, [draft], issued_at=NOW, issued_on=NOW.date(), template_version="old")
    with pytest.raises(NotIssued, match="BR-AE-02"):
        added(paths, old.document_id, "FR40303265045")
    assert numbers(paths) == [("INV-2026-000001", 11900)]


@pytest.mark.parametrize(
    ("text", "country", "compact"),
    [
        ("DE 136 695 976", "DE", "DE136695976"),
        ("FR 40 303 265 045", "FR", "FR40303265045"),
        ("EL094259216", "GR", "EL094259216"),
        ("980 7806 84", "GB", "GB980780684"),
        ("51 824 753 556", "AU", "51824753556"),
    ],
)
def test_tax_ids_in_their_compact_form(text: str, country: str, compact: str) -> None:
    assert checked_tax_id(text, country) == compact


@pytest.mark.parametrize(
    ("text", "country", "why"),
    [
        ("DE136695977", "DE", "is no tax id of Germany"),
        ("", "DE", "is no tax id of Germany"),
        ("x" * 10_000, "DE", "is no tax id of Germany"),
        ("<b>", "FR", "is no tax id of France"),
        ("FR40303265045", "DE", "FR40303265045 is not of Germany"),
        ("123", "", "cannot be checked"),
        ("123", "KW", "cannot be checked"),
    ],
)
def test_what_is_no_tax_id_is_refused(text: str, country: str, why: str) -> None:
    with pytest.raises(TaxIdInvalid, match=why):
        checked_tax_id(text, country)
