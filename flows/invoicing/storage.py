"""A drawn PDF goes to its place once: whole or not at all, and never over other bytes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from uuid import uuid4

from warehouse.books.documents import Document


class PdfConflict(RuntimeError):
    """There is already another file where this document's PDF belongs."""


def pdf_path(document: Document) -> str:
    """Where a document's PDF lies below the documents' folder: <entity>/<series>/<year>/<number>.pdf."""
    entity = re.sub(r"[^A-Za-z0-9]+", "-", document.entity).strip("-") or "entity"
    return f"{entity}/{document.series}/{document.year}/{document.number}.pdf"


def stored_already(path: Path, identifier: bytes) -> bytes | None:
    """The bytes of an earlier drawing that was stored but not yet noted in the books; None where there is none.

    Raises PdfConflict where the file is not this document's.
    """
    if not path.exists():
        return None
    found = path.read_bytes()
    if not found.startswith(b"%PDF-") or identifier not in found:
        raise PdfConflict(f"{path} is not the PDF of this document; look at it, move it away and draw again.")
    return found


def store(path: Path, pdf: bytes) -> None:
    """Write `pdf` to `path` for good. The same bytes again are fine; raises PdfConflict for others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with temporary.open("xb") as file:
            file.write(pdf)
            file.flush()
            os.fsync(file.fileno())
        _name_it(temporary, path, pdf)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _name_it(temporary: Path, path: Path, pdf: bytes) -> None:
    try:
        path.hardlink_to(temporary)  # unlike a rename, this never replaces what is there
    except FileExistsError:
        if path.read_bytes() != pdf:
            raise PdfConflict(f"{path} holds other bytes already; an issued document is not replaced.") from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
