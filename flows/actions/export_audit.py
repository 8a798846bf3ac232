"""The flow that joins journals and finished runs into the audit log and anchors its head."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from counterfoil.paths import Paths
from counterfoil.queue import Queue
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings
from warehouse.books.audit_trail import Recorded, record


@flow(name="export-audit", persist_result=False)
async def export_audit(anchor_place: str | None = None) -> State[Any]:
    """Add what is new to the audit log. `anchor_place` is a folder outside; left out, it is var/exports/anchors."""
    recorded = await asyncio.to_thread(record_now, Path(anchor_place) if anchor_place else None)
    return Completed(message=recorded.sentence())


def record_now(place: Path | None = None) -> Recorded:
    """Record with the settings of this process."""
    settings = load_settings()
    queue = Queue(os.environ.get("PREFECT_API_URL", settings.prefect.api_url))
    try:
        return record(Paths(settings.var_dir), queue, now=utc_now(), place=place)
    finally:
        queue.close()
