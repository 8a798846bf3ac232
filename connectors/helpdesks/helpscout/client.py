"""Help Scout's Mailbox API 2.0: conversations, threads, users. Source: https://developer.helpscout.com/mailbox-api/."""

from __future__ import annotations

import re
from typing import Any

from connectors.errors import NotAuthorised, ObjectUnknown, RequestInvalid
from connectors.failures import Failures
from connectors.helpdesks.answers import chosen_fields, entries, part, required, text, texts, time_of
from connectors.helpdesks.headers import addresses_of, is_automatic, parsed, references_of
from connectors.helpdesks.helpdesk import HelpdeskAccess, HelpdeskAgent, NewTicket, Note, Ticket, TicketClosed
from connectors.helpdesks.helpscout.token import BearerAuth, Tokens
from connectors.helpdesks.markup import html_of, text_of
from connectors.helpdesks.wire import Answer, Wire, path_of

FAILURES = Failures("Help Scout", re.compile(r"\bBearer\s+\S+"))
MERGES = 5
"""How often a conversation may have been merged before we stop to follow."""
FULL = "412"
"""Help Scout's answer to the hundred and first thread."""


class HelpScoutClient:
    """One Help Scout company. The key is `app id:app secret`."""

    def __init__(self, access: HelpdeskAccess, *, timeout_s: float = 15.0) -> None:
        if ":" not in access.api_key:
            raise NotAuthorised(f"The API key of {access.settings.name} must be app-id:app-secret.")
        self._settings = access.settings
        self._wire = Wire(access, FAILURES, timeout_s=timeout_s)
        auth = BearerAuth()
        auth.tokens = Tokens(self._wire.client, access.api_key, FAILURES)
        self._wire.client.auth = auth
        self.close = self._wire.close

    def ticket(self, ticket_id: str) -> Ticket:
        data = self._conversation(ticket_id)
        first = next((one for one in self._threads(text(data.get("id"))) if one.get("type") == "customer"), None)
        return self._ticket(data, first)

    def notes(self, ticket_id: str) -> list[Note]:
        found = [one for one in self._threads(self._current_id(ticket_id)) if one.get("type") == "note"]
        return [_note(one) for one in found if one.get("state", "published") == "published"]

    def add_note(self, ticket_id: str, html: str, *, author_id: str = "") -> str:
        body: dict[str, object] = {"text": html}
        if author_id:
            body["user"] = int(author_id)
        answer = self._write(f"/v2/conversations/{self._current_id(ticket_id)}/notes", body)
        return answer.headers.get("resource-id", "")

    def agent(self, agent_id: str) -> HelpdeskAgent | None:
        try:
            return _agent(part(self._wire.get(f"/v2/users/{agent_id}").data))
        except ObjectUnknown:
            return None

    def agent_by_email(self, email: str) -> HelpdeskAgent | None:
        found = entries(self._wire.get("/v2/users", {"email": email}).data, "_embedded", "users")
        return next((_agent(one) for one in found if text(one.get("email")).lower() == email.lower()), None)

    def create_ticket(self, new: NewTicket) -> Ticket:
        customer = {"email": new.requester_email, "firstName": new.requester_name[:40] or "Customer"}
        body = {
            "subject": new.subject,
            "type": "email",
            "mailboxId": int(self._settings.inbox or 0),
            "status": "active",
            "customer": customer,
            "threads": [{"type": "customer", "customer": customer, "text": html_of(new.text)}],
            "tags": [new.marker],
        }
        made = self._wire.post("/v2/conversations", body)
        return self.ticket(required(made.headers.get("resource-id"), "Resource-ID"))

    def find_ticket(self, marker: str, requester_email: str) -> Ticket | None:
        data = self._wire.get("/v2/conversations", {"tag": marker, "status": "all"}).data
        found = entries(data, "_embedded", "conversations")
        return self.ticket(required(found[0].get("id"), "conversation id")) if found else None

    def add_message(self, ticket_id: str, new: NewTicket) -> None:
        body: dict[str, object] = {"customer": {"email": new.requester_email}, "text": html_of(new.text)}
        self._write(f"/v2/conversations/{self._current_id(ticket_id)}/customer", body)

    def _write(self, path: str, body: dict[str, object]) -> Answer:
        try:
            return self._wire.post(path, body)
        except RequestInvalid as error:
            if error.code == FULL:
                raise TicketClosed("The conversation is full: Help Scout allows a hundred threads.") from None
            raise

    def _current_id(self, ticket_id: str) -> str:
        return required(self._conversation(ticket_id).get("id"), "conversation id")

    def _conversation(self, ticket_id: str) -> dict[str, Any]:
        """The conversation, or the one into which it was merged."""
        path = f"/v2/conversations/{ticket_id}"
        for _ in range(MERGES):
            answer = self._wire.get(path)
            if not answer.location:
                found = part(answer.data)
                if found.get("state") == "deleted":
                    raise ObjectUnknown("The conversation was deleted at Help Scout.")
                return found
            path = path_of(answer.location)
        raise ObjectUnknown("The conversation was merged more often than can be followed.")

    def _threads(self, ticket_id: str) -> list[dict[str, Any]]:
        data = self._wire.get(f"/v2/conversations/{ticket_id}/threads").data
        found = entries(data, "_embedded", "threads")
        return sorted(found, key=lambda one: (text(one.get("createdAt")), int(one.get("id") or 0)))

    def _ticket(self, data: dict[str, Any], first: dict[str, Any] | None) -> Ticket:
        ticket_id = required(data.get("id"), "conversation id")
        customer = part(data, "primaryCustomer")
        names = (text(customer.get("first")), text(customer.get("last")))
        fields = {text(one.get("id")): one.get("text") or one.get("value") for one in entries(data, "customFields")}
        mail = parsed(self._source(ticket_id, first)) if first else parsed("")
        addresses = (*texts((first or {}).get("to")), *texts((first or {}).get("cc")), *addresses_of(mail))
        return Ticket(
            helpdesk=self._settings.name,
            ticket_id=ticket_id,
            subject=text(data.get("subject")),
            requester_email=text(customer.get("email")),
            requester_name=" ".join(name for name in names if name),
            is_closed=False,
            tags=tuple(text(one.get("tag")) for one in entries(data, "tags")),
            fields=chosen_fields(self._settings.fields, fields),
            addresses=tuple(dict.fromkeys(addresses)),
            references=references_of(mail),
            is_automatic=is_automatic(mail),
        )

    def _source(self, ticket_id: str, thread: dict[str, Any]) -> str:
        """The mail as it came; empty for a thread that was none."""
        if part(thread, "source").get("type") != "email":
            return ""
        try:
            path = f"/v2/conversations/{ticket_id}/threads/{thread.get('id')}/original-source"
            return text(part(self._wire.get(path).data).get("original"))
        except (ObjectUnknown, RequestInvalid):
            return ""


def _note(thread: dict[str, Any]) -> Note:
    author = part(thread, "createdBy")
    author_id = text(author.get("id")) if author.get("type") == "user" else ""
    body, at = text_of(text(thread.get("body"))), time_of(thread.get("createdAt"))
    by_mail = text(part(thread, "source").get("type")).lower() == "email"
    return Note(required(thread.get("id"), "thread id"), author_id, body, at, by_mail)


def _agent(user: dict[str, Any]) -> HelpdeskAgent:
    name = f"{text(user.get('firstName'))} {text(user.get('lastName'))}".strip()
    return HelpdeskAgent(text(user.get("id")), text(user.get("email")), name)
