"""Intercom's API 2.11: conversations, notes, admins, contacts.

A conversation has no id of ours, so that the marker of a question stands at the end of its text.
Source: https://github.com/intercom/Intercom-OpenAPI, descriptions/2.11.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.errors import NotAuthorised, ObjectUnknown, UnexpectedShape
from connectors.failures import Failures
from connectors.helpdesks.answers import chosen_fields, entries, part, required, text, time_of
from connectors.helpdesks.helpdesk import HelpdeskAccess, HelpdeskAgent, NewTicket, Note, Ticket
from connectors.helpdesks.markup import html_of, text_of
from connectors.helpdesks.wire import Wire

FAILURES = Failures("Intercom", re.compile(r"\bBearer\s+\S+"))
VERSION = "2.11"


class IntercomClient:
    """One Intercom workspace. The key is an access token; notes stand in the name of an admin, whom `author` names
    where nobody else is."""

    def __init__(self, access: HelpdeskAccess, *, timeout_s: float = 15.0) -> None:
        key = access.api_key
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise NotAuthorised(f"The access token of {access.settings.name} is empty or has spaces in it.")
        self._settings = access.settings
        headers = {"Authorization": f"Bearer {key}", "Intercom-Version": VERSION}
        self._wire = Wire(access, FAILURES, headers=headers, timeout_s=timeout_s)
        self.close = self._wire.close

    def ticket(self, ticket_id: str) -> Ticket:
        return self._ticket(part(self._wire.get(f"/conversations/{ticket_id}").data))

    def notes(self, ticket_id: str) -> list[Note]:
        data = self._wire.get(f"/conversations/{ticket_id}").data
        found = entries(data, "conversation_parts", "conversation_parts")
        notes = [_note(one) for one in found if one.get("part_type") == "note"]
        return sorted(notes, key=lambda note: note.written_at is not None and note.written_at.timestamp() or 0.0)

    def add_note(self, ticket_id: str, html: str, *, author_id: str = "") -> str:
        admin = author_id or self._settings.author
        if not admin:
            raise UnexpectedShape(f"Intercom wants an author for each note; name one in [[helpdesks]] {self._name}.")
        body = {"message_type": "note", "type": "admin", "admin_id": admin, "body": html}
        data = self._wire.post(f"/conversations/{ticket_id}/reply", body).data
        parts = entries(data, "conversation_parts", "conversation_parts")
        return text(parts[-1].get("id")) if parts else ""

    def agent(self, agent_id: str) -> HelpdeskAgent | None:
        try:
            return _agent(part(self._wire.get(f"/admins/{agent_id}").data))
        except ObjectUnknown:
            return None

    def agent_by_email(self, email: str) -> HelpdeskAgent | None:
        found = entries(self._wire.get("/admins").data, "admins")
        return next((_agent(one) for one in found if text(one.get("email")).lower() == email.lower()), None)

    def create_ticket(self, new: NewTicket) -> Ticket:
        contact = self._contact(new.requester_email) or self._new_contact(new)
        body = {"from": {"type": "user", "id": contact}, "body": html_of(_marked(new))}
        made = part(self._wire.post("/conversations", body).data)
        return self.ticket(required(made.get("conversation_id"), "conversation id"))

    def find_ticket(self, marker: str, requester_email: str) -> Ticket | None:
        contact = self._contact(requester_email)
        if contact is None:
            return None
        query = {"query": {"field": "contact_ids", "operator": "=", "value": contact}}
        found = entries(self._wire.find("/conversations/search", query).data, "conversations")
        made = next((one for one in found if marker in text(part(one, "source").get("body"))), None)
        return self.ticket(required(made.get("id"), "conversation id")) if made else None

    def add_message(self, ticket_id: str, new: NewTicket) -> None:
        contact = self._contact(new.requester_email)
        if contact is None:
            raise ObjectUnknown("Intercom knows no contact of this address.")
        body = {
            "message_type": "comment",
            "type": "user",
            "intercom_user_id": contact,
            "body": html_of(_marked(new)),
        }
        self._wire.post(f"/conversations/{ticket_id}/reply", body)

    @property
    def _name(self) -> str:
        return self._settings.name

    def _contact(self, email: str) -> str | None:
        query = {"query": {"field": "email", "operator": "=", "value": email}}
        found = entries(self._wire.find("/contacts/search", query).data, "data")
        return required(found[0].get("id"), "contact id") if found else None

    def _new_contact(self, new: NewTicket) -> str:
        body = {"role": "user", "email": new.requester_email, "name": new.requester_name}
        return required(part(self._wire.post("/contacts", body).data).get("id"), "contact id")

    def _ticket(self, data: dict[str, Any]) -> Ticket:
        source = part(data, "source")
        author = part(source, "author")
        if author.get("type") not in ("user", "lead", "contact"):
            author = self._first_contact(data)
        return Ticket(
            helpdesk=self._settings.name,
            ticket_id=required(data.get("id"), "conversation id"),
            subject=text_of(text(data.get("title")) or text(source.get("subject"))),
            requester_email=text(author.get("email")),
            requester_name=text(author.get("name")),
            is_closed=False,
            tags=tuple(text(one.get("name")) for one in entries(data, "tags", "tags")),
            fields=chosen_fields(self._settings.fields, part(data, "custom_attributes")),
        )

    def _first_contact(self, data: dict[str, Any]) -> dict[str, Any]:
        found = entries(data, "contacts", "contacts")
        try:
            return part(self._wire.get(f"/contacts/{found[0].get('id')}").data) if found else {}
        except ObjectUnknown:
            return {}


def _note(found: dict[str, Any]) -> Note:
    author = part(found, "author")
    author_id = text(author.get("id")) if author.get("type") == "admin" else ""
    at = time_of(found.get("created_at"))
    return Note(required(found.get("id"), "part id"), author_id, text_of(text(found.get("body"))), at)


def _agent(admin: dict[str, Any]) -> HelpdeskAgent:
    return HelpdeskAgent(text(admin.get("id")), text(admin.get("email")), text(admin.get("name")))


def _marked(new: NewTicket) -> str:
    return f"{new.text}\n\n({new.marker})"
