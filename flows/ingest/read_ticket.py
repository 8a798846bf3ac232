"""Flow: an agent opened a ticket. Read whose it is and what the gateways have of that customer; have it published."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.actions.desk import desk
from flows.ingest.ticket_reading import read_for_ticket

NAME = "read-ticket"


@flow(name=NAME, persist_result=False)
async def read_ticket(ticket: Any = "", agent_id: Any = "", customers: Any = ()) -> State[Any]:
    """`ticket`: "zendesk/main/123"; `customers`: [account, customer id] each. It changes nothing anywhere.

    Runs on the warm worker, which has the keys, the web service asks for it. Ends Completed whatever could be read;
    its message says what could not.
    """
    message = await asyncio.to_thread(read_for_ticket, desk(), ticket, agent_id, customers)
    return Completed(message=message)
