"""The bulk engine says the same as the other one, to the letter, and survives the same bad input."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from counterfoil.paths import Paths
from flows.invoicing.identifier import identifier
from flows.invoicing.issuing import issue_rows
from flows.invoicing.render import render as render_one
from flows.invoicing.render_bulk import render
from tests.invoicing.builders import NOW, invoice, payment, settings
from tests.invoicing.story_files import STORIES, tell
from warehouse.books.connection import open_books
from warehouse.books.documents import Document
from warehouse.books.documents_read import undrawn


def letters(pdf: bytes) -> Counter[str]:
    """Every visible sign of the pages; how they are spaced is the engine's own."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return Counter("".join(text.replace("\u200b", "").split()))


@pytest.mark.parametrize("story", sorted(path.name for path in STORIES.iterdir() if path.is_dir()))
def test_both_engines_print_the_same_letters(story: str, tmp_path: Path) -> None:
    documents, _ = tell(STORIES / story, tmp_path)
    for document in documents:
        assert letters(render(document)) == letters(render_one(document))


def test_the_same_bytes_with_the_same_xml_inside(tmp_path: Path) -> None:
    (document,), _ = tell(STORIES / "german_card_payment", tmp_path)
    first = render(document)
    render(replace(document, number="INV-2026-000002", data={**document.data, "number": "INV-2026-000002"}))
    assert render(document) == first
    assert identifier(document.document_id) in first
    with pikepdf.open(io.BytesIO(first)) as pdf:
        (named,) = list(pdf.Root.AF)
        assert named.AFRelationship == "/Alternative"
        assert pdf.attachments["factur-x.xml"].get_file().read_bytes().decode() == document.e_invoice
        xmp = pdf.Root.Metadata.read_bytes()
    assert xmp.count(b"<rdf:RDF") == xmp.count(b"<pdfaExtension:schemas>") == 1
    assert xmp.count(b"<fx:ConformanceLevel>EN 16931<") == 1


def long_document(lines: int) -> Document:
    document = invoice()
    (line,) = document.data["lines"]
    document.data["lines"] = [{**line, "description": f"Seat {number}"} for number in range(lines)]
    return document


@pytest.mark.parametrize("count", [1, 40, 200])
def test_many_lines_run_over_pages_with_head_and_number(count: int) -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(render(long_document(count)))).pages]
    assert sum(text.count("Seat ") for text in pages) == count
    assert all("Example Books GmbH, Amtsgericht" in text for text in pages)
    assert f"{len(pages)} / {len(pages)}" in pages[-1]
    assert (len(pages) > 1) == (count > 1)


@pytest.mark.parametrize(
    "name",
    [
        "#panic(1) $x$ *bold* _it_ `raw` @ref <label> // comment",
        '#import "@preview/x:1.0.0"',
        "<script>alert(1)</script>",
        '\\u{0} " } ] ) #',
        "株式会社 テスト",
        "شركة الاختبار",
    ],
)
def test_a_name_is_only_text(name: str) -> None:
    document = invoice(billing_name=name, description=name)
    assert letters(render(document)) == letters(render_one(document))


def test_an_endless_name_stays_on_the_page() -> None:
    document = invoice(billing_name="x" * 10_000, description="y" * 10_000)
    pages = PdfReader(io.BytesIO(render(document))).pages
    found = letters(render(document))
    assert (found["x"] > 590, found["y"] > 590, len(pages) <= 3) == (True, True, True)


def test_a_sign_that_no_font_has_is_drawn_by_the_other_engine(tmp_path: Path) -> None:
    document = with_xml(tmp_path, billing_name="Ada 🎉")
    assert b"WeasyPrint" in render(document)
    assert b"Typst" in render(with_xml(tmp_path / "plain", billing_name="Ada"))


def with_xml(var: Path, **changes: str) -> Document:
    issue_rows(Paths(var), settings(var), [payment(**changes)], [], now=NOW)
    with open_books(Paths(var)) as conn:
        (document,) = undrawn(conn, 2)
    return document


def test_a_colour_that_is_none_is_not_an_error() -> None:
    document = invoice()
    document.data["colour"] = "#zzz"
    assert render(document).startswith(b"%PDF-")
