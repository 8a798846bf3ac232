"""The worker's part of macros: read the notes of a ticket that a webhook named, note why something was not queued.

A webhook is a hint and no more: what counts is the note as the helpdesk's API gives it, and the author whom it names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from pathlib import Path

from connectors.errors import GatewayError, ObjectUnknown
from connectors.helpdesks.commands import is_command
from connectors.helpdesks.helpdesk import HelpdeskAccess, HelpdeskAgent, HelpdeskClient, Note, Ticket, TicketClosed
from connectors.helpdesks.registry import helpdesk
from counterfoil.secrets import SecretMissing, read_secret
from counterfoil.settings import Helpdesk, SettingsInvalid
from counterfoil.ticket_commands import (
    Answer,
    TicketHint,
    WrittenCommand,
    put_command,
    waiting_answers,
    waiting_hints,
)
from flows.actions.desk import Desk
from flows.helpdesks.note_text import mark_of
from flows.helpdesks.notes import NotWritten, write_once

COUNTS_FOR = timedelta(days=1)
"""An older note asks for nothing: whoever connects a helpdesk does not carry out what once stood on its tickets."""
Clients = Callable[[str], HelpdeskClient]


@dataclass(slots=True)
class Report:
    """What one run did."""

    commands: int = 0
    answers: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{self.commands} commands read, {self.answers} answers written."
        return f"{said} Not done: {'; '.join(self.faults)}" if self.faults else said


def handle_waiting(desk: Desk) -> Report:
    """Read every ticket that was named and write every answer; what fails stays for the next run."""
    report = Report()
    with _clients(desk) as client_of:
        for path, hint in waiting_hints(desk.paths.commands):
            with _kept_where_it_fails(desk, path, hint.helpdesk, report):
                report.commands += _read(desk, client_of, hint)
        for path, answer in waiting_answers(desk.paths.commands):
            with _kept_where_it_fails(desk, path, answer.helpdesk, report):
                report.answers += _write(desk, client_of, answer)
    return report


def keep_commands(desk: Desk, settings: Helpdesk, client: HelpdeskClient, ticket: Ticket) -> int:
    """Keep what the notes of a ticket ask for; the number of new ones. Raises GatewayErrors."""
    kept = 0
    agents: dict[str, HelpdeskAgent | None] = {}
    for note in client.notes(ticket.ticket_id):
        if not is_command(note.text) or _is_old(desk, note):
            continue
        if note.author_id not in agents:
            agents[note.author_id] = client.agent(note.author_id) if note.author_id else None
        kept += put_command(desk.paths.commands, _command(desk, settings, ticket, note, agents[note.author_id]))
    return kept


def _is_old(desk: Desk, note: Note) -> bool:
    return note.written_at is None or desk.now() - note.written_at > COUNTS_FOR


def _command(desk: Desk, settings: Helpdesk, ticket: Ticket, note: Note, agent: HelpdeskAgent | None) -> WrittenCommand:
    return WrittenCommand(
        helpdesk=settings.name,
        ticket_id=ticket.ticket_id,
        note_id=note.note_id,
        author_id=note.author_id,
        author_email=agent.email if agent else "",
        is_by_mail=note.is_by_mail,
        text=note.text,
        fields=dict(ticket.fields),
        requester_email=ticket.requester_email,
        requester_name=ticket.requester_name,
        subject=ticket.subject,
        read_at=desk.now().isoformat(),
    )


def _read(desk: Desk, client_of: Clients, hint: TicketHint) -> int:
    client = client_of(hint.helpdesk)
    try:
        ticket = client.ticket(hint.ticket_id)
        return keep_commands(desk, desk.settings.helpdesk(hint.helpdesk), client, ticket)
    except ObjectUnknown:
        return 0


def _write(desk: Desk, client_of: Clients, answer: Answer) -> int:
    client, settings = client_of(answer.helpdesk), desk.settings.helpdesk(answer.helpdesk)
    mark = mark_of(answer.command, "answer")
    html = answer_html(answer, mark)
    try:
        return write_once(client, answer.ticket_id, html, mark, author_id=settings.author, sleep=desk.sleep)
    except (ObjectUnknown, TicketClosed):
        return 0


def answer_html(answer: Answer, mark: str) -> str:
    """The note; it begins with no word that would make it a command."""
    lines = [f"<b>Not asked for</b>: {escape(answer.title)}", escape(answer.sentence)]
    if answer.page:
        lines.append(f'<a href="{escape(answer.page)}">Ask for it here</a>')
    return "".join(f"<p>{line}</p>" for line in (*lines, f"Counterfoil {mark}"))


@contextmanager
def _kept_where_it_fails(desk: Desk, path: Path, name: str, report: Report) -> Iterator[None]:
    """Delete the file afterwards; keep it where the helpdesk did not take it, for a day."""
    try:
        yield
    except SettingsInvalid as error:  # a helpdesk that is no longer in the settings
        report.faults.append(str(error))
    except (GatewayError, NotWritten, SecretMissing) as error:
        report.faults.append(f"{name}: {error}")
        if desk.now().timestamp() - path.stat().st_mtime < COUNTS_FOR.total_seconds():
            return
    path.unlink(missing_ok=True)


@contextmanager
def _clients(desk: Desk) -> Iterator[Clients]:
    """One client a helpdesk. Raises SettingsInvalid, SecretMissing or a GatewayError where it is first asked for."""
    opened: dict[str, HelpdeskClient] = {}
    with ExitStack() as stack:

        def client_of(name: str) -> HelpdeskClient:
            if name not in opened:
                settings = desk.settings.helpdesk(name)
                key = read_secret(settings.secret_name("API_KEY")).reveal()
                opened[name] = helpdesk(name).open_client(HelpdeskAccess(settings, key))
                stack.callback(opened[name].close)
            return opened[name]

        yield client_of
