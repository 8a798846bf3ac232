"""Looks for notes that the worker read, and has each queued or answered; a thread beside the web service."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from counterfoil.prefect_api import CallRefused, QueueUnavailable
from counterfoil.ticket_commands import Answer, WrittenCommand, put_answer, put_aside, waiting_commands
from dashboards.macros.queueing import NotQueued, queue_command
from dashboards.service import Service
from warehouse.published import NothingPublished

EVERY_S = 0.3
AFTER_A_FAULT_S = 5.0
QUEUED_WITHIN = timedelta(hours=1)
"""A wish that is older surprises whoever had it."""
_LOG = logging.getLogger(__name__)


def handle_commands(service: Service, ring: Callable[[], None]) -> bool:
    """Queue or answer every command that waits; False where some stay, because the queue is away or nothing is
    published. `ring`: has the worker write the answers."""
    is_all = True
    for path, command in waiting_commands(service.paths.commands):
        try:
            _queue(service, command)
        except NotQueued as why:
            put_answer(service.paths.commands, _answer(command, why))
            ring()
        except (QueueUnavailable, CallRefused, NothingPublished):
            is_all = False
            continue
        put_aside(path)
    return is_all


def _queue(service: Service, command: WrittenCommand) -> None:
    if service.clock() - datetime.fromisoformat(command.read_at) > QUEUED_WITHIN:
        raise NotQueued(
            "this note", "The queue was away for more than an hour. Write the note again if it still counts."
        )
    try:
        queue_command(service, command)
    except (NotQueued, QueueUnavailable, CallRefused, NothingPublished):
        raise
    except Exception:  # noqa: BLE001 - logged, and told on the ticket
        # One note that meets a defect of ours must not hold up the others, nor be tried for ever.
        _LOG.exception("The command %s could not be handled", command.name)
        raise NotQueued("this note", "Counterfoil failed at it; whoever runs it finds why in the log.") from None


def _answer(command: WrittenCommand, why: NotQueued) -> Answer:
    return Answer(command.helpdesk, command.ticket_id, command.name, why.title, why.sentence, why.page)


class Watcher:
    """The thread. It begins with the service and ends with it."""

    def __init__(self, service: Service, ring: Callable[[], None]) -> None:
        self._service = service
        self._ring = ring
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="commands", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; what was begun is finished."""
        self._ending.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._ending.wait(EVERY_S):
            if not handle_commands(self._service, self._ring):
                self._ending.wait(AFTER_A_FAULT_S)
