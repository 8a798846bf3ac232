"""Opening a ticket asks for one targeted read: the worker asks the helpdesk whose ticket it is and the gateways what is
new with this customer. What it finds is published, and the panel shows it by itself.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import replace

from connectors.helpdesks.helpdesk import ticket_name
from counterfoil.helpdesk_sightings import read_sighting
from counterfoil.prefect_api import CallRefused, QueueUnavailable
from counterfoil.queue import RequestConflict
from counterfoil.settings import Helpdesk
from dashboards.frames import Frame
from dashboards.panel.clues import Clues, clues_of
from dashboards.panel.matching import matched
from dashboards.service import Service
from warehouse.published import NothingPublished
from warehouse.reads.people import CustomerKey

READ_TICKET = "read-ticket"
EVERY_S = 60
"""A ticket that is opened again within a minute is not read again."""
MOST_CUSTOMERS = 5


def customers_of(service: Service, clues: Clues) -> Sequence[CustomerKey]:
    """The customer objects that a ticket is about, where that is certain; none where nothing is published."""
    try:
        found = matched(service, clues).certain
    except NothingPublished:
        return ()
    return found.person.customers if found else ()


def clues_for(service: Service, frame: Frame) -> Clues:
    """What is known of a frame's ticket: what opened it told, and what the helpdesk's API has told since."""
    seen = read_sighting(service.paths.helpdesks, "tickets", frame.helpdesk, frame.ticket, now=service.clock())
    if seen is None:
        return frame.clues
    told = clues_of(emails=(seen.email, *frame.clues.emails), name=seen.name, text=seen.text)
    own = frame.clues
    return replace(own, emails=told.emails, name=told.name or own.name, identifiers=own.identifiers or told.identifiers)


def ask_to_read(
    service: Service, settings: Helpdesk, ticket: str, agent_id: str, customers: Sequence[CustomerKey]
) -> None:
    """Ask for the read; return at once. Where the queue is away, the panel shows what was published."""
    about = (service, settings, ticket, agent_id, customers)
    threading.Thread(target=_ask, args=about, name="read", daemon=True).start()


def _ask(service: Service, settings: Helpdesk, ticket: str, agent_id: str, customers: Sequence[CustomerKey]) -> None:
    named = ticket_name(settings.name, ticket)
    wanted = sorted([key.account, key.customer_id] for key in customers)[:MOST_CUSTOMERS]
    about = hashlib.sha256(repr((named, agent_id, wanted)).encode()).hexdigest()[:20]
    turn = int(service.clock().timestamp()) // EVERY_S
    parameters = {"ticket": named, "agent_id": agent_id, "customers": wanted}
    tags = [f"ticket:{named}", *(f"customer:{customer}" for _, customer in wanted)]
    key = f"{READ_TICKET}:{about}:{turn}"
    try:
        asked = service.queue.create_run(f"{READ_TICKET}/{READ_TICKET}", parameters, key=key, tags=tags)
    except (QueueUnavailable, CallRefused, RequestConflict):
        return
    if asked.is_new:
        service.queue.nudge(asked.run_id)
