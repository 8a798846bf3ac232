"""From a note on a ticket to a signed request: who wrote it, what is meant, what the policy says.

It goes the way of the form (dashboards/asked.py), with the note in the place of what was typed; and what the form would
show the agent again stands on the ticket instead, with a link to the form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode

from connectors.actions import has_amount
from connectors.helpdesks.commands import Command, CommandInvalid, read_command
from connectors.helpdesks.helpdesk import ticket_name
from connectors.helpdesks.registry import helpdesk
from counterfoil.policy import reasons_for
from counterfoil.queue import EarlierRequest, RequestConflict
from counterfoil.ticket_commands import WrittenCommand
from counterfoil.users import User, normalised
from dashboards.asked import Asked, asked
from dashboards.detail_fields import PREFIX, YES
from dashboards.macros.objects import NotFound, meant_object
from dashboards.offering import offer_of
from dashboards.panel.clues import Clues, clues_of
from dashboards.panel.matching import match_of
from dashboards.roles import SUPPORT, Visitor
from dashboards.service import Service
from dashboards.sessions import new_session
from dashboards.subjects import Subject
from dashboards.wishes import USUAL_REASON, Meant, judged, queued


class NotQueued(Exception):
    """Nothing was queued, and trying again would not help; the text says why. `page`: where it can be asked for."""

    def __init__(self, title: str, sentence: str, page: str = "") -> None:
        super().__init__(sentence)
        self.title = title
        self.sentence = sentence
        self.page = page


def request_id_of(command: WrittenCommand) -> str:
    """The same for the same note: however often it is delivered and read, it is one request."""
    about = "\n".join(("note", command.helpdesk, command.ticket_id, command.note_id))
    return f"req_{hashlib.sha256(about.encode()).hexdigest()[:32]}"


def queue_command(service: Service, written: WrittenCommand) -> str:
    """Queue what a note asks for; the run's id. Raises NotQueued, QueueUnavailable, or NothingPublished."""
    user = _author(service, written)
    try:
        command = read_command(written.text, written.fields)
    except CommandInvalid as error:
        raise NotQueued("this note", str(error)) from None
    text = f"{written.subject}\n{written.fields.get('id', '')}"
    clues = clues_of(emails=[written.requester_email], name=written.requester_name, text=text)
    try:
        subject = meant_object(service, user.role, command, clues)
    except NotFound as error:
        raise NotQueued(command.macro.title, str(error)) from None
    return _queued(service, written, command, subject, user, clues)


def _author(service: Service, written: WrittenCommand) -> User:
    title = helpdesk(written.helpdesk).title
    if written.is_by_mail:
        raise NotQueued("this note", "It came by e-mail, and anybody can write a sender. Write the note in the ticket.")
    if not written.author_email:
        raise NotQueued("this note", f"{title} does not say which agent wrote it.")
    user = service.accounts.find(normalised(written.author_email))
    if user is None:
        sentence = f"Counterfoil has no account {written.author_email}; ask whoever runs it for: counterfoil user add"
        raise NotQueued("this note", f"{sentence} {normalised(written.author_email)} agent")
    if user.role not in SUPPORT:
        may = " and ".join(sorted(SUPPORT))
        raise NotQueued("this note", f"Actions are asked for by {may}; {user.name} is {user.role} here.")
    return user


def _queued(
    service: Service, written: WrittenCommand, command: Command, subject: Subject, user: User, clues: Clues
) -> str:
    visitor = Visitor(user.name, user.role, new_session(), known_by=written.helpdesk.partition("/")[0])
    ticket = ticket_name(written.helpdesk, written.ticket_id)
    meant = Meant(
        request_id=request_id_of(written),
        requester=user.name,
        action=command.macro.action,
        account=subject.account,
        kind=subject.kind,
        object_id=subject.object_id,
        customer_id=subject.state.customer_id,
        match=match_of(service, clues, subject.person) if subject.person else "chosen",
        ticket=ticket,
    )
    form = _as_form(service, user, command, subject, ticket)
    now = asked(service, visitor, subject, meant, form, is_sent=True)
    return _submitted(service, now, command.macro.title, _page(service, meant))


def _as_form(service: Service, user: User, command: Command, subject: Subject, ticket: str) -> Mapping[str, str]:
    """What the note says, as the form's fields."""
    action = command.macro.action
    known = reasons_for(service.policy, user.role, action)
    form = {
        "reason_code": command.reason_code or (USUAL_REASON if USUAL_REASON in known else ""),
        "reason_text": command.reason_text or f"Macro “{command.macro.title}” on {ticket}",
        "is_sure": YES if command.is_sure else "",
        "again": YES if command.is_again else "",
    }
    if has_amount(action):
        left = offer_of(service, user.role, subject.state, action).maximum
        form["amount"] = command.amount or (str(left.decimal()) if left else "")
    for name, value in command.details().items():
        if value is not False:
            form[f"{PREFIX}{name}"] = YES if value is True else str(value)
    return form


def _submitted(service: Service, now: Asked, title: str, page: str) -> str:
    if now.request is None:
        raise NotQueued(title, now.mistake or now.offer.reason, page)
    verdict = judged(service, now.request, is_written=True)
    if verdict.kind == "refused":
        raise NotQueued(title, verdict.sentence, page)
    try:
        return queued(service, now.request)
    except EarlierRequest as error:
        raise NotQueued(title, f"{error} If another one is meant, write a new note with a line “again: yes”.") from None
    except RequestConflict:
        raise NotQueued(
            title, "This note was asked for before with other words, which stand. Write a new one."
        ) from None


def _page(service: Service, meant: Meant) -> str:
    """The form for the same by hand."""
    query = {"action": meant.action, "account": meant.account, "id": meant.object_id, "match": meant.match}
    return f"{service.settings.web.base_url}/ask?{urlencode({**query, 'ticket': meant.ticket or ''})}"
