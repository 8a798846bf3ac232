"""Flow: mail a code to a customer who wants to open their billing page."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.actions.desk import desk
from flows.billing.code_mail import send_code

NAME = "send-billing-code"


@flow(name=NAME, persist_result=False)
async def send_billing_code(attempt: Any = "", person_id: Any = "", language: Any = "") -> State[Any]:
    """`attempt`: the name that the web service gave; the code itself stands in the mail and nowhere else."""
    message = await asyncio.to_thread(send_code, desk(), str(attempt), str(person_id), str(language))
    return Completed(message=message)
