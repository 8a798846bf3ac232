"""What macros write on tickets, on its way from the helpdesk to the queue, one file a step below var/commands/.

    <helpdesk>/hints/     a webhook named a ticket (the web service writes it; the worker reads the ticket)
    <helpdesk>/written/   a note that asks for something (the worker writes it; the web service signs and queues it)
    <helpdesk>/done/      the same, afterwards: a note counts once
    <helpdesk>/answers/   why nothing was queued (the web service writes it; the worker notes it on the ticket)

The worker holds the helpdesk's key and cannot sign; the web service signs and holds no key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from counterfoil.written_once import write_once


@dataclass(frozen=True, slots=True)
class TicketHint:
    """A ticket that is worth reading again."""

    helpdesk: str
    """"zendesk/main"."""
    ticket_id: str
    received_at: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class WrittenCommand:
    """A private note that is meant for us, as the helpdesk's API tells it."""

    helpdesk: str
    ticket_id: str
    note_id: str
    author_id: str
    author_email: str
    """The agent's; empty where the helpdesk knows no agent of that id."""
    is_by_mail: bool
    """Whether it came by e-mail, whose sender anybody can write."""
    text: str
    fields: dict[str, str]
    """Custom fields of the ticket, by our words."""
    requester_email: str
    requester_name: str
    subject: str
    read_at: str
    """ISO 8601, UTC."""

    @property
    def name(self) -> str:
        """The same for the same note, however often it is read."""
        return _digest(self.helpdesk, self.ticket_id, self.note_id)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent is told where nothing was queued."""

    helpdesk: str
    ticket_id: str
    command: str
    """The command's name."""
    title: str
    sentence: str
    page: str
    """The page where it can be asked for by hand; empty where there is none."""


def put_hint(folder: Path, hint: TicketHint, event_id: str) -> None:
    """Keep a hint, on disk when this returns. `event_id`: of the delivery, the same when it is sent again; or empty."""
    name = _digest(event_id or hint.received_at, hint.ticket_id)
    write_once(_place(folder, hint.helpdesk, "hints"), f"{name}.json", _bytes(hint))


def put_command(folder: Path, command: WrittenCommand) -> bool:
    """Keep a command unless the note is known; True where it is new."""
    name = f"{command.name}.json"
    if (_place(folder, command.helpdesk, "done") / name).exists():
        return False
    return write_once(_place(folder, command.helpdesk, "written"), name, _bytes(command))


def put_answer(folder: Path, answer: Answer) -> None:
    """Keep an answer for the worker."""
    write_once(_place(folder, answer.helpdesk, "answers"), f"{answer.command}.json", _bytes(answer))


def waiting_hints(folder: Path) -> list[tuple[Path, TicketHint]]:
    """The tickets to read, the first named first."""
    found = [(path, TicketHint(**values)) for path, values in _waiting(folder, "hints")]
    return sorted(found, key=lambda one: one[1].received_at)


def waiting_commands(folder: Path) -> list[tuple[Path, WrittenCommand]]:
    """The commands to queue, the first read first."""
    found = [(path, WrittenCommand(**values)) for path, values in _waiting(folder, "written")]
    return sorted(found, key=lambda one: one[1].read_at)


def waiting_answers(folder: Path) -> list[tuple[Path, Answer]]:
    """The answers to note on tickets."""
    return [(path, Answer(**values)) for path, values in _waiting(folder, "answers")]


def is_anything_for_the_worker(folder: Path) -> bool:
    """Whether a hint or an answer waits."""
    return any(True for kind in ("hints", "answers") for _ in folder.glob(f"*/{kind}/*.json"))


def put_aside(path: Path) -> None:
    """A command was queued or answered: it counts no more."""
    done = path.parent.parent / "done"
    done.mkdir(exist_ok=True)
    path.replace(done / path.name)


def _waiting(folder: Path, kind: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob(f"*/{kind}/*.json")):
        try:
            yield path, json.loads(path.read_bytes())
        except FileNotFoundError:  # another process was quicker
            continue


def _place(folder: Path, helpdesk: str, kind: str) -> Path:
    return folder / helpdesk.replace("/", "-") / kind


def _bytes(value: TicketHint | WrittenCommand | Answer) -> bytes:
    return json.dumps(asdict(value)).encode()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]
