"""What every helpdesk's folder must offer: one `Helpdesk`, made from its folder's files; and what we say of tickets.

Errors are those of connectors.errors: ObjectUnknown for a ticket that is gone, OutcomeUnknown after a write without an
answer, NotAccepted where the same may be sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from connectors.errors import Refused
from connectors.gateway import Delivery
from counterfoil.settings import Helpdesk as HelpdeskSettings


class TicketClosed(Refused):
    """The ticket takes nothing more: closed for good, merged into another one, or full."""


@dataclass(frozen=True, slots=True)
class HelpdeskAccess:
    """What is needed to speak for one helpdesk. `repr` never shows the key."""

    settings: HelpdeskSettings
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HelpdeskAgent:
    """Somebody who answers tickets, as the helpdesk knows them."""

    agent_id: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket or conversation as it stands now."""

    helpdesk: str
    """name/label, such as "zendesk/main"."""
    ticket_id: str
    subject: str
    requester_email: str
    """As the helpdesk writes it; empty where it knows none. Whoever writes from it may be somebody else."""
    requester_name: str
    is_closed: bool
    """Whether nothing can be added any more; a solved ticket that opens again is not closed."""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    """Custom fields by the names of the settings: {"amount": "10.00"}; empty ones are left out."""
    addresses: tuple[str, ...] = ()
    """Where its first message was sent to: a reply to a billing e-mail carries its token here."""
    references: tuple[str, ...] = ()
    """Message-IDs that its first message answers, where the helpdesk tells."""
    is_automatic: bool = False
    """Whether its first message says of itself that a machine wrote it (Auto-Submitted and the like)."""


@dataclass(frozen=True, slots=True)
class Note:
    """A private note on a ticket: what agents and programs write, and no customer."""

    note_id: str
    author_id: str
    """The helpdesk's id of the agent; empty where it tells none."""
    text: str
    """Without markup."""
    written_at: datetime | None
    is_by_mail: bool = False
    """Whether the helpdesk says that it came by e-mail: its author is then only who the mail says."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A question that becomes a ticket. `marker` is found again by `find_ticket`."""

    requester_email: str
    requester_name: str
    subject: str
    text: str
    marker: str
    """Letters, digits and dashes; kept as a tag, an external id, or whatever can be searched."""


class HelpdeskClient(Protocol):
    """One helpdesk's API. Every method raises GatewayErrors; writes are sent once."""

    def ticket(self, ticket_id: str) -> Ticket:
        """The ticket as it stands; of a merged one, the one that it became. Raises ObjectUnknown."""

    def notes(self, ticket_id: str) -> list[Note]:
        """The newest private notes, oldest first; at most about a hundred. Raises ObjectUnknown."""

    def add_note(self, ticket_id: str, html: str, *, author_id: str = "") -> str:
        """Add a private note and return its id, "" where the helpdesk gives none. `html`: escaped by the caller, with
        <p>, <b>, <br> and <a href> only. Raises ObjectUnknown, TicketClosed, OutcomeUnknown."""

    def agent(self, agent_id: str) -> HelpdeskAgent | None:
        """One agent by the helpdesk's id, or None."""

    def agent_by_email(self, email: str) -> HelpdeskAgent | None:
        """One agent by e-mail address, or None."""

    def create_ticket(self, new: NewTicket) -> Ticket:
        """Open a ticket in the customer's name. Raises OutcomeUnknown: look for its marker then."""

    def find_ticket(self, marker: str, requester_email: str) -> Ticket | None:
        """The ticket that was made with this marker, or None."""

    def add_message(self, ticket_id: str, new: NewTicket) -> None:
        """Add what the customer wrote to a ticket of theirs. Raises ObjectUnknown, TicketClosed."""

    def close(self) -> None:
        """Give the connections back."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A ticket that is worth reading again. Nothing else of a delivery is believed."""

    event_id: str
    """The same whenever this delivery is sent again."""
    ticket_id: str


@dataclass(frozen=True, slots=True)
class Echo:
    """What must be answered so that the helpdesk knows the address as ours; `text` as it is written into the body."""

    text: str


@dataclass(frozen=True, slots=True)
class Helpdesk:
    """One helpdesk: how to open it, how its messages are verified, and where its tickets are seen."""

    name: str
    title: str
    """As people write it: "Help Scout"."""
    open_client: Callable[[HelpdeskAccess], HelpdeskClient]
    receive: Callable[[Delivery, tuple[str, ...], datetime], Hint | Echo | None]
    """(delivery, secrets, now) -> the ticket that it is about; None for what needs nothing. Raises BadSignature, or
    UnexpectedShape for what is signed and cannot be read."""
    ticket_url: str
    """Where agents see a ticket: "{base}/agent/tickets/{ticket_id}"; base is the settings' web_base, or api_base."""
    web_base: str = ""
    """What stands for the settings' web_base where that is left empty; empty: api_base."""

    def url_of(self, settings: HelpdeskSettings, ticket_id: str) -> str:
        """The address of a ticket's page."""
        base = settings.web_base or self.web_base or settings.api_base
        return self.ticket_url.format(base=base, ticket_id=ticket_id)


def ticket_name(helpdesk: str, ticket_id: str) -> str:
    """How requests and tags name a ticket: "zendesk/main/1234"."""
    return f"{helpdesk}/{ticket_id}"


def named_ticket(ticket: str | None, helpdesks: Sequence[HelpdeskSettings]) -> tuple[HelpdeskSettings, str] | None:
    """The helpdesk and the ticket's id behind such a name; None for what agents wrote by hand."""
    for settings in helpdesks:
        prefix = f"{settings.name}/"
        if ticket and ticket.startswith(prefix) and len(ticket) > len(prefix):
            return settings, ticket.removeprefix(prefix)
    return None
