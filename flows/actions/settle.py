"""The flows that settle: a scheduled sweep, and one run for each request that the gateway has settled.

The sweep also queues the notes on tickets that are missing."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.actions.carry_out import final_state, keep_details, run_facts
from flows.actions.desk import desk
from flows.actions.settling import settle_one, settle_open
from flows.helpdesks.notes import ask_for_note, sweep_notes


@flow(name="settle", persist_result=False)
async def settle() -> State[Any]:
    """Look up what is pending or unknown. Ends Failed where an account could not be read."""
    swept = await asyncio.to_thread(settle_open, desk())
    notes = await asyncio.to_thread(sweep_notes, desk())
    # An account that cannot be read is told by `watch` when it stays so.
    return (Failed if swept.trouble else Completed)(message=f"{swept.sentence()} {notes} notes queued.")


@flow(name="settle-request", persist_result=False)
async def settle_request(request: Any = None, signature: Any = "") -> State[Any]:
    """Find out what came of one request; sends nothing. Its state is the request's newest outcome."""
    run = run_facts()
    conclusion = await asyncio.to_thread(settle_one, desk(), run.run_id, request, signature)
    await asyncio.to_thread(keep_details, desk(), run.run_id, request, conclusion)
    await asyncio.to_thread(ask_for_note, desk(), run.run_id, request, conclusion.name)
    return final_state(conclusion)
