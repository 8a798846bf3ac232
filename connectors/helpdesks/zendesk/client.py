"""Zendesk's Support API: tickets, private comments, users.

Comments are made by changing the ticket; `author_id` is shown as their author while triggers see the API's own user, so
that our notes fire no trigger for agents. Source: https://developer.zendesk.com/api-reference/ticketing/tickets/.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.errors import NotAuthorised, ObjectUnknown, RequestInvalid
from connectors.failures import Failures
from connectors.helpdesks.answers import chosen_fields, entries, part, required, text, texts, time_of
from connectors.helpdesks.helpdesk import HelpdeskAccess, HelpdeskAgent, NewTicket, Note, Ticket, TicketClosed
from connectors.helpdesks.markup import text_of
from connectors.helpdesks.wire import Wire

FAILURES = Failures("Zendesk", re.compile(r"\bBasic\s+[\w+/=-]+|\b[A-Za-z0-9]{40}\b"))
_AGENTS = frozenset({"agent", "admin"})


class ZendeskClient:
    """One Zendesk account. The key is `e-mail/token:API token`, as Zendesk's basic authentication wants it."""

    def __init__(self, access: HelpdeskAccess, *, timeout_s: float = 15.0) -> None:
        user, separator, token = access.api_key.rpartition(":")
        if not separator or not user.endswith("/token") or not token:
            raise NotAuthorised(f"The API key of {access.settings.name} must be e-mail/token:API-token.")
        self._settings = access.settings
        self._wire = Wire(access, FAILURES, auth=(user, token), timeout_s=timeout_s)
        self.close = self._wire.close

    def ticket(self, ticket_id: str) -> Ticket:
        data = self._wire.get(f"/api/v2/tickets/{ticket_id}.json", {"include": "users"}).data
        return self._ticket(part(data, "ticket"), entries(data, "users"))

    def notes(self, ticket_id: str) -> list[Note]:
        params: dict[str, str | int] = {"sort": "-created_at", "page[size]": 100}
        data = self._wire.get(f"/api/v2/tickets/{ticket_id}/comments.json", params).data
        found = [_note(one) for one in entries(data, "comments") if one.get("public") is False]
        return list(reversed(found))

    def add_note(self, ticket_id: str, html: str, *, author_id: str = "") -> str:
        comment: dict[str, object] = {"html_body": html, "public": False}
        if author_id:
            comment["author_id"] = int(author_id)
        return self._comment(ticket_id, comment)

    def agent(self, agent_id: str) -> HelpdeskAgent | None:
        try:
            return _agent(part(self._wire.get(f"/api/v2/users/{agent_id}.json").data, "user"))
        except ObjectUnknown:
            return None

    def agent_by_email(self, email: str) -> HelpdeskAgent | None:
        data = self._wire.get("/api/v2/users/search.json", {"query": f'email:"{email}"'}).data
        found = [_agent(one) for one in entries(data, "users") if text(one.get("email")).lower() == email.lower()]
        return next((one for one in found if one is not None), None)

    def create_ticket(self, new: NewTicket) -> Ticket:
        ticket = {
            "subject": new.subject,
            "comment": {"body": new.text},
            "requester": {"name": new.requester_name or new.requester_email, "email": new.requester_email},
            "external_id": new.marker,
        }
        # Zendesk keeps the key for two hours; after that the external id is looked for.
        made = self._wire.post("/api/v2/tickets.json", {"ticket": ticket}, headers={"Idempotency-Key": new.marker})
        return self.ticket(required(part(made.data, "ticket").get("id"), "ticket id"))

    def find_ticket(self, marker: str, requester_email: str) -> Ticket | None:
        data = self._wire.get("/api/v2/tickets.json", {"external_id": marker}).data
        found = entries(data, "tickets")
        return self.ticket(required(found[0].get("id"), "ticket id")) if found else None

    def add_message(self, ticket_id: str, new: NewTicket) -> None:
        ticket = part(self._wire.get(f"/api/v2/tickets/{ticket_id}.json").data, "ticket")
        self._comment(ticket_id, {"body": new.text, "public": True, "author_id": ticket.get("requester_id")})

    def _comment(self, ticket_id: str, comment: dict[str, object]) -> str:
        try:
            answer = self._wire.put(f"/api/v2/tickets/{ticket_id}.json", {"ticket": {"comment": comment}})
        except RequestInvalid as error:
            if "closed" in str(error).lower():
                raise TicketClosed("The ticket is closed or was merged; Zendesk adds nothing to it.") from None
            raise
        events = entries(answer.data, "audit", "events")
        return next((text(one.get("id")) for one in events if one.get("type") == "Comment"), "")

    def _ticket(self, ticket: dict[str, Any], users: list[dict[str, Any]]) -> Ticket:
        requester = next((one for one in users if one.get("id") == ticket.get("requester_id")), {})
        fields = {text(one.get("id")): one.get("value") for one in entries(ticket, "custom_fields")}
        source = part(ticket, "via", "source")
        addresses = (text(ticket.get("recipient")), text(part(source, "to").get("address")))
        return Ticket(
            helpdesk=self._settings.name,
            ticket_id=required(ticket.get("id"), "ticket id"),
            subject=text(ticket.get("subject")),
            requester_email=text(requester.get("email")),
            requester_name=text(requester.get("name")),
            is_closed=ticket.get("status") == "closed",
            tags=texts(ticket.get("tags")),
            fields=chosen_fields(self._settings.fields, fields),
            addresses=tuple(dict.fromkeys(address for address in addresses if address)),
        )


def _note(comment: dict[str, Any]) -> Note:
    body = text_of(text(comment.get("html_body"))) or text(comment.get("plain_body")) or text(comment.get("body"))
    author, at = text(comment.get("author_id")), time_of(comment.get("created_at"))
    by_mail = text(part(comment, "via").get("channel")) == "email"
    return Note(required(comment.get("id"), "comment id"), author, body, at, by_mail)


def _agent(user: dict[str, Any]) -> HelpdeskAgent | None:
    if user.get("role") not in _AGENTS or not user.get("active", True) or user.get("suspended"):
        return None
    return HelpdeskAgent(text(user.get("id")), text(user.get("email")), text(user.get("name")))
