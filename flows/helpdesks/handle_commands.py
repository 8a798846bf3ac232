"""Flow: read what macros wrote on tickets, and note on them why something was not asked for."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from counterfoil.turns import Turn
from flows.actions.desk import Desk, desk
from flows.helpdesks.ticket_commands import Report, handle_waiting
from flows.ingest.asking import COMMANDS as NAME


@flow(name=NAME, persist_result=False)
async def handle_commands() -> State[Any]:
    """Runs on the warm worker, which has the keys; the web service asks for it with each webhook of a helpdesk.

    Ends Failed where something stays for the next run, which `handle-inbox` asks for within a minute.
    """
    report = await asyncio.to_thread(_handled, desk())
    return Failed(message=str(report)) if report.faults else Completed(message=str(report))


def _handled(desk: Desk) -> Report:
    Turn(desk.paths, NAME).begin()
    return handle_waiting(desk)
