"""Flow: fetch again what the gateways' webhooks named, and land it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from counterfoil.paths import Paths
from counterfoil.settings import load_settings
from flows.ingest.accounts import open_reader
from flows.ingest.hints import handle


@flow(name="handle-inbox", persist_result=False)
async def handle_inbox() -> State[Any]:
    """Ends Failed, naming the accounts, when hints had to stay. Runs on the warm worker: it comes every minute."""
    settings = load_settings()
    paths = Paths(settings.var_dir)
    report = await asyncio.to_thread(handle, paths.inbox, paths.landing, partial(open_reader, settings))
    said = f"{report.handled} hints handled, {report.unreadable} unreadable."
    if report.failed:
        why = "; ".join(f"{account}: {reason}" for account, reason in report.failed.items())
        return Failed(message=f"{said} These accounts keep theirs: {why}")
    return Completed(message=said)
