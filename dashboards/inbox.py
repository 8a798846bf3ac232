"""Webhooks become files: var/inbox/<gateway>-<label>/<digest of the event id>.json, once per event, fsynced.

Then the bell is rung: a run of `handle-inbox` is asked for, so that the object is fetched in seconds. The answer to the
gateway never waits for it; where Prefect is away, the run of the next minute finds the file.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from starlette.datastructures import State

from counterfoil.paths import Paths
from counterfoil.prefect_api import CallRefused, QueueUnavailable
from counterfoil.queue import Queue
from counterfoil.turns import Turn, ask
from counterfoil.written_once import write_once
from dashboards.service import Service

INBOX = "handle-inbox"
COMMANDS = "handle-commands"


@dataclass(frozen=True, slots=True)
class Hint:
    """An object that changed at the gateway; it is fetched again before anything is believed."""

    account: str
    event_id: str
    resource: str
    object_id: str
    received_at: str
    """ISO 8601, UTC."""


class Bell:
    """Asks for what arrived to be handled; many rings at once are one call under way, and one after it."""

    def __init__(self, queue: Queue, paths: Paths, flow: str) -> None:
        self._queue = queue
        self._flow = flow
        self._turn = Turn(paths, flow)
        self._asking = threading.Lock()
        self._waiting = threading.Lock()

    def ring(self) -> None:
        """Have a run asked for that sees every hint written before; returns at once."""
        if self._waiting.acquire(blocking=False):
            threading.Thread(target=self._ask, name="bell", daemon=True).start()

    def _ask(self) -> None:
        with self._asking:
            # From here on a new ring is no longer covered by this one.
            self._waiting.release()
            try:
                ask(self._queue, self._turn, f"{self._flow}/{self._flow}", {})
            except (QueueUnavailable, CallRefused):
                return


def bell_of(state: State, service: Service, flow: str = INBOX) -> Bell:
    """The bell of an application for one flow, made when it is first rung."""
    if not hasattr(state, "bells"):
        state.bells = {}
    bells: dict[str, Bell] = state.bells
    return bells.setdefault(flow, Bell(service.queue, service.paths, flow))


def put_hint(inbox: Path, hint: Hint) -> bool:
    """Write a hint unless its event is known; True where it is new. When this returns, the file is on disk."""
    folder = inbox / hint.account.replace("/", "-")
    name = f"{hashlib.sha256(hint.event_id.encode()).hexdigest()[:40]}.json"
    if (folder / "done" / name).exists():
        return False
    return write_once(folder, name, json.dumps(asdict(hint)).encode())
