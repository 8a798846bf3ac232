"""The engine for bulk: the same content as flows.invoicing.render through Typst, several times as quick.

Templates, fonts and the compiler are kept per process. The same document gives the same bytes.
"""

from __future__ import annotations

import io
import re
from dataclasses import asdict
from functools import cache
from typing import Any, cast

import orjson
import pikepdf
import typst

from flows.invoicing.factur_x import with_factur_x
from flows.invoicing.identifier import identifier
from flows.invoicing.page import page_of
from flows.invoicing.render import render as render_with_weasyprint
from flows.invoicing.template_version import TEMPLATES
from warehouse.books.documents import Document

_LONG_WORD = re.compile(r"\S{32,}")
_CHUNK = re.compile(r".{1,16}")


def render(document: Document) -> bytes:
    """Draw a document as PDF (A4); with an e-invoice it is a Factur-X file.

    What Typst will not draw, such as a sign that no font has in a PDF/A, the other engine draws.
    """
    page = _breakable(asdict(page_of(document)))
    inputs = {
        "page": orjson.dumps(page).decode(),
        "identifier": identifier(document.document_id).decode(),
        "e_invoice": document.e_invoice or "",
    }
    try:
        pdf = _compiler().compile(
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=["a-3b"] if document.e_invoice else [],
            timestamp=int(document.issued_at.timestamp()),
            pdf_tags=False,
        )
    except typst.TypstError:
        return render_with_weasyprint(document)
    return _described(cast(bytes, pdf)) if document.e_invoice else cast(bytes, pdf)


def _described(pdf: bytes) -> bytes:
    """With the metadata of Factur-X, which Typst has no way to write."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        metadata = opened.Root.Metadata
        metadata.write(with_factur_x(metadata.read_bytes()))
        out = io.BytesIO()
        opened.save(out, deterministic_id=True, compress_streams=False)
    return out.getvalue()


def _breakable(value: Any) -> Any:
    """Places to break a line in very long words, which Typst would let run over the edge."""
    if isinstance(value, str):
        return _LONG_WORD.sub(lambda word: "\u200b".join(_CHUNK.findall(word.group())), value)
    if isinstance(value, list):
        return [_breakable(item) for item in value]
    return {name: _breakable(item) for name, item in value.items()} if isinstance(value, dict) else value


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(TEMPLATES / "document.typ"), root=str(TEMPLATES))
