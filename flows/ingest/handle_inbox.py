"""Flow: fetch again what the gateways' webhooks named, land it, and have it published."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from counterfoil.paths import Paths
from counterfoil.queue import Queue
from counterfoil.settings import Settings, load_settings
from counterfoil.ticket_commands import is_anything_for_the_worker
from counterfoil.turns import Turn
from flows.ingest.accounts import open_reader
from flows.ingest.asking import ask_for_commands, asked_for_refresh
from flows.ingest.hints import InboxReport, handle
from flows.ingest.imports import land_imports

NAME = "handle-inbox"


@flow(name=NAME, persist_result=False)
async def handle_inbox() -> State[Any]:
    """Ends Failed, naming the accounts, when hints had to stay; the run of the next minute tries them again.

    Runs on the warm worker: the web service asks for it with each webhook.
    """
    report = await asyncio.to_thread(handle_all, load_settings())
    said = f"{report.handled} hints and batches handled, {report.unreadable} unreadable."
    if report.failed:
        why = "; ".join(f"{account}: {reason}" for account, reason in report.failed.items())
        return Failed(message=f"{said} These accounts keep theirs: {why}")
    return Completed(message=said)


def handle_all(settings: Settings) -> InboxReport:
    """Handle the inbox, and ask for a refresh where something landed; also for what helpdesks told and nobody read."""
    paths = Paths(settings.var_dir)
    begin = Turn(paths, NAME).begin
    report = handle(paths.inbox, paths.landing, partial(open_reader, settings), on_begin=begin)
    imported = land_imports(paths.inbox, paths.landing)
    report.handled += imported.batches
    report.unreadable += imported.unreadable
    for account, objects in imported.landed.items():
        report.landed[account] = report.landed.get(account, 0) + objects
    landed = [account for account, objects in report.landed.items() if objects]
    waits = is_anything_for_the_worker(paths.commands)
    if landed or waits:
        queue = Queue(settings.prefect.api_url)
        try:
            if landed:
                asked_for_refresh(queue, paths, landed[0])
            if waits:
                ask_for_commands(queue, paths)
        finally:
            queue.close()
    return report
