"""One folder a story: the rows that come in, and beside them the documents and their printed text.

`python -m tests.invoicing.story_files` writes the expected files anew; look at the difference before you keep it.
"""

from __future__ import annotations

import io
import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from counterfoil.paths import Paths
from flows.invoicing.issuing import IssueReport, issue_rows
from flows.invoicing.payments import payment_of, refund_of
from flows.invoicing.render import render
from tests.invoicing.builders import NOW, payment_row, refund_row, settings
from warehouse.books.connection import open_books
from warehouse.books.documents import Document
from warehouse.books.documents_read import undrawn

STORIES = Path(__file__).resolve().parent / "stories"


def tell(story: Path, var: Path) -> tuple[list[Document], IssueReport]:
    """Issue the documents of a story's rows into the books below `var`."""
    rows = json.loads((story / "input.json").read_text(encoding="utf-8"))
    report = issue_rows(
        Paths(var),
        settings(var),
        [payment_of(payment_row(**_timed(row))) for row in rows["payments"]],
        [refund_of(refund_row(**_timed(row))) for row in rows.get("refunds", [])],
        now=NOW,
    )
    with open_books(Paths(var)) as conn:
        documents = undrawn(conn, 1000)
    return sorted(documents, key=lambda document: (document.series != "INV", document.number)), report


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    return row | ({"created_at": datetime.fromisoformat(row["created_at"])} if "created_at" in row else {})


def expected_data(documents: list[Document], report: IssueReport) -> str:
    """The structured data of the documents, and the refused refunds, as JSON text."""
    told = {
        "documents": [document.data for document in documents],
        "refused": [refusal.sentence for refusal in report.refused],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def expected_text(documents: list[Document]) -> str:
    """The text of the PDFs, page by page."""
    parts = []
    for document in documents:
        for number, page in enumerate(PdfReader(io.BytesIO(render(document))).pages, 1):
            parts.append(f"=== {document.number} page {number}\n{page.extract_text().strip()}\n")
    return "\n".join(parts)


def main() -> None:
    for story in sorted(path for path in STORIES.iterdir() if path.is_dir()):
        with tempfile.TemporaryDirectory() as var:
            documents, report = tell(story, Path(var))
        (story / "expected.json").write_text(expected_data(documents, report), encoding="utf-8")
        (story / "expected.txt").write_text(expected_text(documents), encoding="utf-8")


if __name__ == "__main__":
    main()
