"""A code by e-mail for a customer who comes without a link.

The answer to the browser is given before anybody is looked up, so that neither its words nor its time tell whether an
address is known. The worker writes to the address that we have, never to the one that was typed.
"""

from __future__ import annotations

import threading

from counterfoil.prefect_api import CallRefused, QueueUnavailable
from counterfoil.queue import RequestConflict
from dashboards.service import Service
from warehouse.published import NothingPublished
from warehouse.reads.own import person_with_email

SEND_CODE = "send-billing-code"
LONGEST_ADDRESS = 254


def plain_address(text: str) -> str:
    """An address as it is compared: only blanks around it and the case of a-z do not count.

    Python would also make a "k" of the Kelvin sign; a letter that only looks like another one must stay another.
    """
    return "".join(sign.lower() if sign.isascii() else sign for sign in text.strip())[:LONGEST_ADDRESS]


def send_code_soon(service: Service, address: str, attempt: str, language: str) -> threading.Thread:
    """Have the code of an attempt sent, if the address is a customer's; return at once."""
    thread = threading.Thread(target=_send, args=(service, address, attempt, language), name="code", daemon=True)
    thread.start()
    return thread


def _send(service: Service, address: str, attempt: str, language: str) -> None:
    try:
        person = person_with_email(service.published, address)
    except NothingPublished:
        return
    if person is None:
        return
    parameters = {"attempt": attempt, "person_id": person.person_id, "language": language}
    try:
        asked = service.queue.create_run(
            f"{SEND_CODE}/{SEND_CODE}", parameters, key=f"{SEND_CODE}:{attempt}", tags=[f"person:{person.person_id}"]
        )
    except (QueueUnavailable, CallRefused, RequestConflict):
        return
    if asked.is_new:
        service.queue.nudge(asked.run_id)
