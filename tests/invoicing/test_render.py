"""PDFs: the same bytes, whatever the names, and nothing fetched."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from flows.invoicing.render import AddressRefused, TemplateFolderOnly, render, to_html
from flows.invoicing.template_version import TEMPLATES
from tests.invoicing.builders import as_document, credits_of, invoice, refund
from warehouse.books.documents import Document


def text_of(document: Document) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(render(document))).pages)


def test_drawing_twice_gives_the_same_bytes() -> None:
    assert render(invoice()) == render(invoice())


def test_another_process_with_another_hash_seed_and_clock_zone_gives_the_same_bytes() -> None:
    script = (
        "import hashlib; from tests.invoicing.builders import invoice; from flows.invoicing.render import render; "
        "print(hashlib.sha256(render(invoice(billing_name='山田 Ada شركة'))).hexdigest())"
    )
    environ = dict(os.environ) | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    other = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == hashlib.sha256(render(invoice(billing_name="山田 Ada شركة"))).hexdigest()


def test_bytes_carry_the_document_id_and_the_day_of_issue() -> None:
    document = invoice()
    reader = PdfReader(io.BytesIO(render(document)))
    assert document.document_id.replace("-", "").encode() in render(document)
    assert reader.metadata is not None
    assert reader.metadata.title == "Invoice INV-2026-000001"
    assert reader.metadata.creation_date == document.issued_at


def test_markup_in_names_is_printed_and_never_executed() -> None:
    name = "<script>alert(1)</script><img src='http://127.0.0.1:9/x.png'>{{ 7*7 }}<style>*{display:none}</style>"
    document = invoice(billing_name=name, description=f"</td></table>{name}")
    html = to_html(document)
    assert "<script" not in html and "<img" not in html and "49" not in html
    text = text_of(document).replace("\n", "")
    assert "<script>alert(1)</script>" in text and "{{ 7*7 }}" in text


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/logo.png",
        "https://example.com/logo.svg",
        "ftp://example.com/x",
        "file:///etc/passwd",
        "file://example.com/etc/passwd",
        f"{TEMPLATES.as_uri()}/../../../pyproject.toml",
        f"{TEMPLATES.as_uri()}/%2e%2e/render.py",
        f"{TEMPLATES.as_uri()}/missing.png",
        "data:image/svg+xml,<svg onload='x'/>",
        "document.css",
    ],
)
def test_addresses_outside_the_template_folder_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused, match="may only use files of templates/"):
        TemplateFolderOnly().fetch(url)


def test_a_link_out_of_the_template_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "logo.png").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr("flows.invoicing.render.TEMPLATES", folder)
    with pytest.raises(AddressRefused):
        TemplateFolderOnly().fetch((folder / "logo.png").as_uri())


def test_files_of_the_template_folder_are_handed_out() -> None:
    assert TemplateFolderOnly().fetch((TEMPLATES / "document.css").as_uri()).read().startswith(b"/* Lean")


def test_two_hundred_lines_break_over_pages_with_a_repeated_header() -> None:
    document = invoice()
    line = document.data["lines"][0]
    document.data["lines"] = [{**line, "description": f"Item {number}"} for number in range(1, 201)]
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(render(document))).pages]
    assert len(pages) > 4
    for number, page in enumerate(pages, 1):
        assert ("Unit price" in page) == ("Item " in page)
        assert f"{number} / {len(pages)}" in page
        assert number == 1 or "Invoice INV-2026-000001" in page
    text = "\n".join(pages)
    assert all(f"Item {number}\n" in text or f"Item {number} " in text for number in range(1, 201))
    assert "EUR 119.00" in pages[-1]


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123456, "JPY", "JPY 123,456"),
        (123456, "EUR", "EUR 1,234.56"),
        (1234567, "KWD", "KWD 1,234.567"),
        (5, "KWD", "KWD 0.005"),
        (0, "EUR", "EUR 0.00"),
        (9_999_999_999_999, "EUR", "EUR 99,999,999,999.99"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(minor: int, currency: str, shown: str) -> None:
    assert shown in text_of(invoice(captured_minor=minor, currency=currency))


def test_scripts_of_the_world_are_printed_with_their_letters() -> None:
    text = text_of(invoice(billing_name="株式会社 山田 · 한국어 · Łódź Ærøskøbing", description="Ελληνικά Русский"))
    for part in ("株式会社", "한국어", "Łódź Ærøskøbing", "Ελληνικά Русский"):
        assert part in text


def test_right_to_left_names_start_on_the_right() -> None:
    html = to_html(invoice(billing_name="شركة الأمل", description="123 שירות"))
    assert '<p class="name" dir="rtl">شركة الأمل</p>' in html
    assert '<td dir="rtl">123 שירות</td>' in html


def test_ten_thousand_characters_emoji_and_control_signs_are_drawn() -> None:
    document = invoice(billing_name="x" * 10_000, description="Party 🎉\x00\x1b[31m\u202egnp.exe\nsecond line")
    assert document.data["buyer"]["name"].endswith("x…") and len(document.data["buyer"]["name"]) == 600
    assert document.data["lines"][0]["description"] == "Party 🎉 [31m gnp.exe second line"
    assert len(PdfReader(io.BytesIO(render(document))).pages) == 1


def test_credit_note_says_what_it_corrects() -> None:
    (draft,), _ = credits_of(invoice(), refund())
    text = text_of(as_document(draft, "CN-2026-000001"))
    assert "This credit note corrects invoice INV-2026-000001 of 23 November 2026 over EUR 119.00." in text
    assert "EUR 50.00" in text and "Amount due" not in text


def test_a_colour_that_is_none_is_not_put_into_the_style() -> None:
    document = invoice()
    document.data["colour"] = "red} * { background: url(http://127.0.0.1:9/)"
    assert "127.0.0.1" not in to_html(document)
