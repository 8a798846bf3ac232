"""One issued document -> the bytes of its PDF. The same document gives the same bytes.

Importing this needs Pango (see flows.invoicing.system_libraries); parsed templates, CSS and fonts are kept per process.
"""

from __future__ import annotations

from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from flows.invoicing.e_invoice_pdf import attachment, finish
from flows.invoicing.identifier import identifier
from flows.invoicing.page import page_of
from flows.invoicing.template_version import TEMPLATES
from warehouse.books.documents import Document


class AddressRefused(ValueError):
    """A document asked for something outside the template folder."""


class TemplateFolderOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint's class has no annotations
    """Hands out files of the template folder and nothing else: no host, no other folder, no data address."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        if parts.scheme != "file" or parts.netloc or not path.is_relative_to(TEMPLATES) or not path.is_file():
            raise AddressRefused(f"A document may only use files of {TEMPLATES.name}/, not {url[:200]!r}.")
        return super().fetch(path.as_uri(), headers)


def render(document: Document) -> bytes:
    """Draw a document as PDF (A4); with an e-invoice it is a Factur-X file."""
    html = HTML(string=to_html(document), base_url=TEMPLATES.as_uri() + "/", url_fetcher=_fetcher())
    fonts, style = _style()
    pdf = html.write_pdf(
        stylesheets=[style],
        font_config=fonts,
        pdf_identifier=identifier(document.document_id),
        cache=None,
        **_factur_x(document),
    )
    return bytes(pdf)


def _factur_x(document: Document) -> dict[str, Any]:
    """The options that put the e-invoice inside; none where there is none."""
    if document.e_invoice is None:
        return {}
    return {
        "pdf_variant": "pdf/a-3b",
        "attachments": [attachment(document.e_invoice, document.issued_at.astimezone(UTC))],
        "finisher": finish,
    }


def to_html(document: Document) -> str:
    """The page as HTML, every value escaped."""
    return _templates().get_template("document.html").render(page=page_of(document))


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _fetcher() -> TemplateFolderOnly:
    return TemplateFolderOnly()


@cache
def _style() -> tuple[FontConfiguration, CSS]:
    fonts = FontConfiguration()
    return fonts, CSS(filename=TEMPLATES / "document.css", font_config=fonts, url_fetcher=_fetcher())
