"""The flow that compares every copy of the audit trail, so that a broken one is known within the day."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from counterfoil.paths import Paths
from counterfoil.queue import Queue
from counterfoil.settings import load_settings
from warehouse.books.audit_trail import verify
from warehouse.books.audit_verify import Verification


@flow(name="verify-audit", persist_result=False)
async def verify_audit() -> State[Any]:
    """Ends Failed where the trail does not hold; `watch` tells somebody."""
    found = await asyncio.to_thread(verify_now)
    return (Completed if found.is_intact else Failed)(message=found.sentence())


def verify_now() -> Verification:
    """Verify with the settings of this process."""
    settings = load_settings()
    queue = Queue(os.environ.get("PREFECT_API_URL", settings.prefect.api_url))
    try:
        return verify(Paths(settings.var_dir), queue)
    finally:
        queue.close()
