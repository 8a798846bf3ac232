"""Freshdesk's API v2: tickets, conversations, agents. Source: https://developers.freshdesk.com/api/."""

from __future__ import annotations

import re
from typing import Any

from connectors.errors import NotAuthorised, ObjectUnknown, RequestInvalid
from connectors.failures import Failures
from connectors.helpdesks.answers import chosen_fields, entries, part, required, text, texts, time_of
from connectors.helpdesks.helpdesk import HelpdeskAccess, HelpdeskAgent, NewTicket, Note, Ticket
from connectors.helpdesks.markup import html_of, text_of
from connectors.helpdesks.wire import Wire

FAILURES = Failures("Freshdesk", re.compile(r"\bBasic\s+[\w+/=-]+"))
OPEN, LOW = 2, 1
"""Freshdesk's numbers for a status and a priority."""
PAGE, MOST_PAGES = 100, 10


class FreshdeskClient:
    """One Freshdesk account. The key is the API key of an agent, who stands as author where no other is named."""

    def __init__(self, access: HelpdeskAccess, *, timeout_s: float = 15.0) -> None:
        if not access.api_key.strip() or ":" in access.api_key:
            raise NotAuthorised(f"The API key of {access.settings.name} is empty or has a colon in it.")
        self._settings = access.settings
        self._wire = Wire(access, FAILURES, auth=(access.api_key, "X"), timeout_s=timeout_s)
        self.close = self._wire.close

    def ticket(self, ticket_id: str) -> Ticket:
        return self._ticket(part(self._wire.get(f"/api/v2/tickets/{ticket_id}", {"include": "requester"}).data))

    def notes(self, ticket_id: str) -> list[Note]:
        """Freshdesk lists from the oldest on and has no other order, so that all pages up to a thousand are read."""
        found: list[dict[str, Any]] = []
        for page in range(1, MOST_PAGES + 1):
            params = {"per_page": PAGE, "page": page}
            here = entries(self._wire.get(f"/api/v2/tickets/{ticket_id}/conversations", params).data)
            found += here
            if len(here) < PAGE:
                break
        return [_note(one) for one in found if one.get("private") is True][-PAGE:]

    def add_note(self, ticket_id: str, html: str, *, author_id: str = "") -> str:
        body: dict[str, object] = {"body": html, "private": True}
        if author_id:
            body["user_id"] = int(author_id)
        return text(part(self._wire.post(f"/api/v2/tickets/{ticket_id}/notes", body).data).get("id"))

    def agent(self, agent_id: str) -> HelpdeskAgent | None:
        try:
            return _agent(part(self._wire.get(f"/api/v2/agents/{agent_id}").data))
        except ObjectUnknown:
            return None

    def agent_by_email(self, email: str) -> HelpdeskAgent | None:
        try:
            found = entries(self._wire.get("/api/v2/agents", {"email": email}).data)
        except RequestInvalid:  # an address that Freshdesk does not take for one
            return None
        return next((_agent(one) for one in found), None)

    def create_ticket(self, new: NewTicket) -> Ticket:
        body = {
            "email": new.requester_email,
            "name": new.requester_name or new.requester_email,
            "subject": new.subject,
            "description": html_of(new.text),
            "status": OPEN,
            "priority": LOW,
            "tags": [new.marker],
        }
        made = part(self._wire.post("/api/v2/tickets", body).data)
        return self.ticket(required(made.get("id"), "ticket id"))

    def find_ticket(self, marker: str, requester_email: str) -> Ticket | None:
        """Among the customer's newest: the list is current, which Freshdesk's search is not."""
        params: dict[str, str | int] = {"email": requester_email, "per_page": PAGE, "order_by": "created_at"}
        try:
            found = entries(self._wire.get("/api/v2/tickets", params).data)
        except RequestInvalid:  # nobody of this address is known yet
            return None
        made = next((one for one in found if marker in texts(one.get("tags"))), None)
        return self.ticket(required(made.get("id"), "ticket id")) if made else None

    def add_message(self, ticket_id: str, new: NewTicket) -> None:
        ticket = part(self._wire.get(f"/api/v2/tickets/{ticket_id}").data)
        body = {
            "body": html_of(new.text),
            "private": False,
            "incoming": True,
            "user_id": ticket.get("requester_id"),
        }
        self._wire.post(f"/api/v2/tickets/{ticket_id}/notes", body)

    def _ticket(self, ticket: dict[str, Any]) -> Ticket:
        if ticket.get("deleted") is True:
            raise ObjectUnknown("The ticket was deleted at Freshdesk.")
        requester = part(ticket, "requester")
        return Ticket(
            helpdesk=self._settings.name,
            ticket_id=required(ticket.get("id"), "ticket id"),
            subject=text(ticket.get("subject")),
            requester_email=text(requester.get("email")),
            requester_name=text(requester.get("name")),
            is_closed=False,
            tags=texts(ticket.get("tags")),
            fields=chosen_fields(self._settings.fields, part(ticket, "custom_fields")),
            addresses=tuple(dict.fromkeys((*texts(ticket.get("to_emails")), *texts(ticket.get("cc_emails"))))),
        )


def _note(found: dict[str, Any]) -> Note:
    body = text_of(text(found.get("body"))) or text(found.get("body_text"))
    author, at = text(found.get("user_id")), time_of(found.get("created_at"))
    return Note(required(found.get("id"), "note id"), author, body, at)


def _agent(found: dict[str, Any]) -> HelpdeskAgent | None:
    contact = part(found, "contact")
    if contact.get("active") is False:
        return None
    return HelpdeskAgent(text(found.get("id")), text(contact.get("email")), text(contact.get("name")))
