"""What is read when a ticket is opened: the ticket and the agent at the helpdesk, the customer at the gateways.

What a run is given may come from anybody who can reach Prefect: it names accounts of the settings and ids, nothing is
believed of it, and nothing but reading follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.actions import ObjectKind
from connectors.errors import GatewayError
from connectors.gateway import Page, Reader
from connectors.helpdesks.helpdesk import HelpdeskAccess, HelpdeskClient, named_ticket
from connectors.helpdesks.registry import helpdesk
from counterfoil.helpdesk_sightings import Sighting, drop_old_sightings, write_sighting
from counterfoil.secrets import SecretMissing, read_secret
from counterfoil.settings import Helpdesk, SettingsInvalid
from flows.actions.desk import Desk
from flows.helpdesks.ticket_commands import keep_commands
from flows.ingest.asking import ask_for_refresh
from flows.ingest.hints import fetched, land_pages
from warehouse.published import NothingPublished
from warehouse.reads.charges import charges_of
from warehouse.reads.customers import person_of_customer
from warehouse.reads.invoices import open_invoices_of
from warehouse.reads.people import CustomerKey
from warehouse.reads.subscriptions import subscriptions_of

MOST_CUSTOMERS = 5
MOST_CHARGES = 5
LONGEST_ID = 255


def read_for_ticket(desk: Desk, ticket: Any, agent_id: Any, customers: Any) -> str:
    """Read all of it; return a sentence about what was read and what could not be."""
    faults = [] if isinstance(ticket, str) and not ticket else _read_helpdesk(desk, ticket, agent_id)
    landed = 0
    for account, customer_id in _pairs(customers):
        try:
            landed += _read_customer(desk, account, customer_id)
        except (GatewayError, SettingsInvalid, SecretMissing, LookupError, OSError) as error:
            faults.append(f"{account}: {error}")
    said = f"{landed} pages of the customer were read again."
    return f"{said} Not read: {'; '.join(faults)}" if faults else said


def _read_helpdesk(desk: Desk, ticket: Any, agent_id: Any) -> list[str]:
    named = named_ticket(ticket if isinstance(ticket, str) else None, desk.settings.helpdesks)
    if named is None:
        return ["the ticket is of no helpdesk of the settings"]
    settings, ticket_id = named
    drop_old_sightings(desk.paths.helpdesks, now=desk.now())
    try:
        key = read_secret(settings.secret_name("API_KEY")).reveal()
        client = helpdesk(settings.name).open_client(HelpdeskAccess(settings, key))
    except (SecretMissing, GatewayError) as error:
        return [str(error)]
    try:
        faults = [_note_agent(desk, settings, client, str(agent_id)) if agent_id else ""]
        return [fault for fault in (*faults, _note_ticket(desk, settings, client, ticket_id)) if fault]
    finally:
        client.close()


def _note_agent(desk: Desk, settings: Helpdesk, client: HelpdeskClient, agent_id: str) -> str:
    try:
        agent = client.agent(agent_id[:LONGEST_ID])
    except GatewayError as error:
        return f"the agent: {error}"
    if agent is None:
        return "the helpdesk does not know the agent"
    seen = Sighting(agent.email, agent.name, "", desk.now().isoformat())
    write_sighting(desk.paths.helpdesks, "agents", settings.name, agent_id, seen)
    return ""


def _note_ticket(desk: Desk, settings: Helpdesk, client: HelpdeskClient, ticket_id: str) -> str:
    try:
        ticket = client.ticket(ticket_id[:LONGEST_ID])
    except GatewayError as error:
        return f"the ticket: {error}"
    seen = Sighting(ticket.requester_email, ticket.requester_name, ticket.subject, desk.now().isoformat())
    write_sighting(desk.paths.helpdesks, "tickets", settings.name, ticket_id, seen)
    try:
        # Not every helpdesk sends its webhook again: a macro whose message was lost is found when the ticket is opened.
        keep_commands(desk, settings, client, ticket)
    except GatewayError as error:
        return f"its notes: {error}"
    return ""


def _pairs(customers: Any) -> list[tuple[str, str]]:
    """The pairs that can be some; others are left out."""
    listed = customers if isinstance(customers, list | tuple) else ()
    pairs = [(one[0], one[1]) for one in listed if isinstance(one, list | tuple) and len(one) == 2]
    good = [(a, c) for a, c in pairs if isinstance(a, str) and isinstance(c, str) and 0 < len(c) <= LONGEST_ID]
    return good[:MOST_CUSTOMERS]


def _read_customer(desk: Desk, account: str, customer_id: str) -> int:
    """Land what the gateway has of a customer now; the number of pages. Where the gateway lists a customer's own
    objects, new ones are found, too; else the known ones are read again."""
    desk.settings.account(account)
    reader, gateway = desk.accounts.reader(account), desk.accounts.gateway(account)
    if gateway.of_customer is not None:
        pages = list(gateway.of_customer(reader, customer_id))
    else:
        pages = list(_known_again(desk, reader, account, customer_id))
    land_pages(desk.paths.landing, account, pages)
    if pages:
        ask_for_refresh(desk.queue, desk.paths, account)
    return len(pages)


def _known_again(desk: Desk, reader: Reader, account: str, customer_id: str) -> Iterator[Page]:
    resource_of = desk.accounts.gateway(account).resource_of
    wanted = [(resource_of[kind], its_id) for kind, its_id in _known(desk, account, customer_id) if kind in resource_of]
    found, faults = fetched(reader, wanted)
    if faults and not any(found.values()):
        raise next(iter(faults.values()))
    yield from (page for page in found.values() if page is not None)


def _known(desk: Desk, account: str, customer_id: str) -> Iterator[tuple[ObjectKind, str]]:
    """(kind, id) of what the published file knows of a customer."""
    yield "customer", customer_id
    key = [CustomerKey(account.partition("/")[0], account, customer_id)]
    try:
        person_id = person_of_customer(desk.published, account, customer_id)
        for charge in charges_of(desk.published, person_id, limit=MOST_CHARGES) if person_id else ():
            if charge.account == account:
                yield "charge", charge.charge_id
        for subscription in subscriptions_of(desk.published, key, limit=MOST_CHARGES):
            yield "subscription", subscription.subscription_id
        for invoice in open_invoices_of(desk.published, key, limit=MOST_CHARGES):
            yield "invoice", invoice.invoice_id
    except NothingPublished:
        return
