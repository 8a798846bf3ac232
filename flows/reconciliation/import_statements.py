"""Flow: import the waiting files of banks, and have their lines published."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger

from counterfoil.paths import Paths
from counterfoil.queue import Queue
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings
from counterfoil.turns import Turn
from flows.ingest.asking import asked_for_refresh
from flows.reconciliation.statements import import_waiting

NAME = "import-statements"


@flow(name=NAME)
def import_statements() -> list[dict[str, Any]]:
    """Returns what became of each file: its name, done or refused, and the sentence."""
    settings = load_settings()
    paths = Paths(settings.var_dir)
    Turn(paths, NAME).begin()
    handled = import_waiting(paths, settings, now=utc_now())
    for upload in handled:
        get_run_logger().info("%s: %s: %s", upload.file_name, upload.state, upload.sentence)
    if any(upload.state == "done" for upload in handled):
        queue = Queue(settings.prefect.api_url)
        try:
            asked_for_refresh(queue, paths, "bank")
        finally:
            queue.close()
    return [{"file": one.file_name, "state": one.state, "sentence": one.sentence} for one in handled]
