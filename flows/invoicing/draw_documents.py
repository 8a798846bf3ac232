"""Flow: draw the PDFs of issued documents that have none."""

from __future__ import annotations

from prefect import flow, get_run_logger

from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings
from flows.invoicing.drawing import Engine, draw_missing
from flows.invoicing.system_libraries import missing_libraries


class DrawingFailed(RuntimeError):
    """Some documents could not be drawn, or none can be; the text says which and why."""


@flow(name="draw-documents")
def draw_documents(limit: int | None = None, engine: Engine = "weasyprint") -> dict[str, int]:
    """Draw and store every missing PDF, the oldest documents first, at most `limit`; engine "typst" is for bulk.

    Returns {"drawn"}. Ends Failed, after all others are drawn, if one of them could not be.
    """
    lacking = missing_libraries()
    if lacking:
        raise DrawingFailed(" ".join(lacking))
    settings = load_settings()
    say = get_run_logger().info
    report = draw_missing(
        Paths(settings.var_dir),
        now=utc_now(),
        limit=limit,
        engine=engine,
        progress=lambda done, total: say("%s of %s documents drawn", done, total),
    )
    if report.failed:
        reasons = "; ".join(f"{number}: {sentence}" for number, sentence in list(report.failed.items())[:10])
        raise DrawingFailed(f"{len(report.failed)} documents could not be drawn, {report.drawn} were. {reasons}")
    return {"drawn": report.drawn}
