"""Drawing: every issued document without a PDF gets one, in two processes, and its digest goes into the books.

A kill at any instant is made good by the next run: a file that was stored but not noted is taken as it is.
"""

from __future__ import annotations

import hashlib
import importlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

from counterfoil.paths import Paths
from flows.invoicing.identifier import identifier
from flows.invoicing.storage import pdf_path, store, stored_already
from warehouse.books.connection import open_books
from warehouse.books.documents import Document
from warehouse.books.documents_read import StoredPdf, count_undrawn, mark_drawn, undrawn
from warehouse.state import transaction

PROCESSES = 2
BATCH = 50
"""Documents in memory, and noted in the books, at a time."""
RENEW_AFTER = 2000
"""Documents until the processes are started anew: WeasyPrint keeps about 30 kB of each."""

Progress = Callable[[int, int], None]
Engine = Literal["weasyprint", "typst"]
"""WeasyPrint draws the designer's HTML; Typst draws the same content several times as quickly, for bulk."""
Work = Callable[[Document], StoredPdf]


@dataclass(slots=True)
class DrawReport:
    """How many PDFs were stored, and which documents could not be drawn: number -> sentence."""

    drawn: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Drawn or failed."""
        return self.drawn + len(self.failed)


def draw_missing(
    paths: Paths,
    *,
    now: datetime,
    limit: int | None = None,
    processes: int = PROCESSES,
    batch: int = BATCH,
    engine: Engine = "weasyprint",
    progress: Progress = lambda done, total: None,
) -> DrawReport:
    """Draw and store the PDFs that are missing, the oldest documents first, at most `limit`.

    `progress` is told how many are done of how many. A document that cannot be drawn is in the
    report; the rest goes on.
    """
    report = DrawReport()
    with open_books(paths) as conn:
        total = min(count_undrawn(conn), limit if limit is not None else 2**62)
    work = partial(draw_one, paths.documents, engine=engine)
    while report.done < total and _draw_some(paths, work, report, total, now, min(processes, total), batch, progress):
        pass
    return report


def _draw_some(
    paths: Paths,
    work: Work,
    report: DrawReport,
    total: int,
    now: datetime,
    processes: int,
    batch: int,
    progress: Progress,
) -> bool:
    """Draw until `total` are done or the processes have grown old; False where nothing is left to draw."""
    until = min(total, report.done + RENEW_AFTER)
    context = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
    with ProcessPoolExecutor(processes, mp_context=context, initializer=begin) as pool:
        while report.done < until:
            documents = _next(paths, min(batch, until - report.done), report)
            if not documents:
                return False
            _draw(paths, work, pool, documents, report, now)
            progress(report.done, total)
    return True


def _next(paths: Paths, wanted: int, report: DrawReport) -> list[Document]:
    with open_books(paths) as conn:
        found = undrawn(conn, wanted + len(report.failed))
    return [document for document in found if document.number not in report.failed][:wanted]


def _draw(
    paths: Paths,
    work: Work,
    pool: ProcessPoolExecutor,
    documents: Sequence[Document],
    report: DrawReport,
    now: datetime,
) -> None:
    futures: dict[Future[StoredPdf], Document] = {pool.submit(work, document): document for document in documents}
    stored: list[StoredPdf] = []
    for future in as_completed(futures):
        error = future.exception()
        if error:
            report.failed[futures[future].number] = f"{type(error).__name__}: {error}"
        else:
            stored.append(future.result())
    with open_books(paths) as conn, transaction(conn):
        mark_drawn(conn, stored, now=now)
    report.drawn += len(stored)


def begin() -> None:
    """Run in each drawing process first: load the engine, and end when the process that gives the work is killed."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    importlib.import_module("flows.invoicing.render")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def draw_one(folder: Path, document: Document, *, engine: Engine = "weasyprint") -> StoredPdf:
    """Draw and store one document below `folder`, unless its PDF is there already. Raises PdfConflict."""
    relative = pdf_path(document)
    target = folder / relative
    pdf = stored_already(target, identifier(document.document_id))
    if pdf is None:
        pdf = _render(engine)(document)
        store(target, pdf)
    return StoredPdf(document.document_id, relative, hashlib.sha256(pdf).hexdigest())


def _render(engine: Engine) -> Callable[[Document], bytes]:
    """Imported here: both need Pango, and only the drawing processes do."""
    if engine == "typst":
        from flows.invoicing.render_bulk import render

        return render
    from flows.invoicing.render import render

    return render
