"""Front's core API: conversations, comments, teammates, imported messages. Source: https://dev.frontapp.com/reference."""

from __future__ import annotations

import html as escaping
import re
import time
from typing import Any
from urllib.parse import quote

from connectors.errors import NotAuthorised, ObjectUnknown, OutcomeUnknown, Unavailable
from connectors.failures import Failures
from connectors.helpdesks.answers import chosen_fields, entries, part, required, text, time_of
from connectors.helpdesks.helpdesk import HelpdeskAccess, HelpdeskAgent, NewTicket, Note, Ticket
from connectors.helpdesks.markup import as_markdown, html_of
from connectors.helpdesks.wire import Wire, path_of

FAILURES = Failures("Front", re.compile(r"\bBearer\s+\S+|\beyJ[\w.-]+"))
MERGES = 5
ARRIVES_WITHIN_S = 20.0
"""Front takes an imported message and works it in later."""
STEP_S = 0.5
_GONE = frozenset({"deleted", "trash"})


class FrontClient:
    """One Front company. The key is an API token. Notes are comments, written in Markdown."""

    def __init__(self, access: HelpdeskAccess, *, timeout_s: float = 15.0) -> None:
        key = access.api_key
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise NotAuthorised(f"The API token of {access.settings.name} is empty or has spaces in it.")
        self._settings = access.settings
        self._wire = Wire(access, FAILURES, headers={"Authorization": f"Bearer {key}"}, timeout_s=timeout_s)
        self.close = self._wire.close

    def ticket(self, ticket_id: str) -> Ticket:
        data = self._conversation(ticket_id)
        messages = entries(self._wire.get(f"/conversations/{data['id']}/messages").data, "_results")
        inbound = [one for one in messages if one.get("is_inbound")]
        return self._ticket(data, min(inbound, key=_written, default={}))

    def notes(self, ticket_id: str) -> list[Note]:
        data = self._conversation(ticket_id)
        found = entries(self._wire.get(f"/conversations/{data['id']}/comments").data, "_results")
        return [_note(one) for one in sorted(found, key=_written)]

    def add_note(self, ticket_id: str, html: str, *, author_id: str = "") -> str:
        body: dict[str, object] = {"body": as_markdown(html)}
        if author_id or self._settings.author:
            body["author_id"] = author_id or self._settings.author
        data = self._conversation(ticket_id)
        return text(part(self._wire.post(f"/conversations/{data['id']}/comments", body).data).get("id"))

    def agent(self, agent_id: str) -> HelpdeskAgent | None:
        return self._teammate(agent_id)

    def agent_by_email(self, email: str) -> HelpdeskAgent | None:
        return self._teammate(f"alt:email:{email}")

    def create_ticket(self, new: NewTicket) -> Ticket:
        """Import the question as an inbound message; its external id is the marker, so that it counts once."""
        body = {
            "sender": {"handle": new.requester_email, "name": new.requester_name or new.requester_email},
            "to": [f"questions-{new.marker}@counterfoil.invalid"],
            "subject": new.subject,
            "body": html_of(f"{new.text}\n\n({new.marker})"),
            "body_format": "html",
            "external_id": new.marker,
            "type": "email",
            "created_at": int(time.time()),
            "metadata": {"is_inbound": True, "is_archived": False, "should_skip_rules": False},
        }
        answer = self._wire.post(f"/inboxes/{self._settings.inbox}/imported_messages", body)
        uid = required(part(answer.data).get("message_uid"), "message_uid")
        waited = 0.0
        while waited < ARRIVES_WITHIN_S:
            if found := self._of_message(f"alt:uid:{uid}"):
                return found
            self._wire.sleep(STEP_S)
            waited += STEP_S
        raise OutcomeUnknown("Front took the question and does not show it yet; it must be looked for.")

    def find_ticket(self, marker: str, requester_email: str) -> Ticket | None:
        query = quote(f'recipient:{requester_email} "{marker}"', safe="")
        found = entries(self._wire.get(f"/conversations/search/{query}").data, "_results")
        return self.ticket(required(found[0].get("id"), "conversation id")) if found else None

    def add_message(self, ticket_id: str, new: NewTicket) -> None:
        """Front adds a customer's words to a conversation only by mail; they are written into a comment instead."""
        self.add_note(ticket_id, f"<p><b>{escaping.escape(new.requester_email)} asks:</b></p>{html_of(new.text)}")

    def _of_message(self, alias: str) -> Ticket | None:
        try:
            data = self._wire.get(f"/messages/{alias}").data
        except (ObjectUnknown, Unavailable):
            return None
        related = text(part(data, "_links", "related").get("conversation"))
        return self.ticket(related.rstrip("/").rpartition("/")[2]) if related else None

    def _teammate(self, wanted: str) -> HelpdeskAgent | None:
        try:
            found = part(self._wire.get(f"/teammates/{quote(wanted, safe='@:')}").data)
        except ObjectUnknown:
            return None
        if found.get("is_blocked"):
            return None
        name = f"{text(found.get('first_name'))} {text(found.get('last_name'))}".strip()
        return HelpdeskAgent(required(found.get("id"), "teammate id"), text(found.get("email")), name)

    def _conversation(self, ticket_id: str) -> dict[str, Any]:
        path = f"/conversations/{ticket_id}"
        for _ in range(MERGES):
            answer = self._wire.get(path)
            if not answer.location:
                found = part(answer.data)
                if found.get("status") in _GONE:
                    raise ObjectUnknown("The conversation was deleted at Front.")
                required(found.get("id"), "conversation id")
                return found
            path = path_of(answer.location)
        raise ObjectUnknown("The conversation was merged more often than can be followed.")

    def _ticket(self, data: dict[str, Any], first: dict[str, Any]) -> Ticket:
        recipient = part(data, "recipient")
        people = entries(first, "recipients")
        sent_to = [text(one.get("handle")) for one in people if one.get("role") in ("to", "cc")]
        answered = text(part(first, "metadata", "headers").get("in_reply_to"))
        return Ticket(
            helpdesk=self._settings.name,
            ticket_id=text(data.get("id")),
            subject=text(data.get("subject")),
            requester_email=text(recipient.get("handle")),
            requester_name=text(recipient.get("name")),
            is_closed=False,
            tags=tuple(text(one.get("name")) for one in entries(data, "tags")),
            fields=chosen_fields(self._settings.fields, part(data, "custom_fields")),
            addresses=tuple(dict.fromkeys(address for address in sent_to if address)),
            references=(answered,) if answered else (),
        )


def _written(found: dict[str, Any]) -> float:
    at = time_of(found.get("posted_at") or found.get("created_at"))
    return at.timestamp() if at else 0.0


def _note(comment: dict[str, Any]) -> Note:
    author_id, at = text(part(comment, "author").get("id")), time_of(comment.get("posted_at"))
    return Note(required(comment.get("id"), "comment id"), author_id, text(comment.get("body")), at)
