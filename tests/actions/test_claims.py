"""Taking runs over: only what is still as it was when it was listed."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from prefect.client.orchestration import PrefectClient
from prefect.states import Running

from flows.actions.claims import is_as_listed
from tests.actions.stand import Stand


def test_a_run_that_was_suspended_since_it_was_listed_is_not_taken_over(stand: Stand) -> None:
    """A list that arrives late shows it as running, and nobody has it in hand any more: it waits for its approval."""
    charge = stand.charge(at_least=20_100, at_most=10_000_000)
    run_id = stand.submit(stand.wish(charge, amount_minor=20_100))
    stand.until(run_id, lambda run: run.state_name == "Awaiting approval")

    async def judged() -> tuple[bool, bool]:
        async with PrefectClient(stand.settings.prefect.api_url) as client:
            run = await client.read_flow_run(UUID(run_id))
            late = run.model_copy(update={"state": Running().model_copy(update={"id": uuid4()})})
            return await is_as_listed(client, run), await is_as_listed(client, late)

    assert asyncio.run(judged()) == (True, False)
