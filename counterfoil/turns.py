"""Asking for a flow run so that many who ask get few runs: one that is under way, and at most one that waits.

`var/turns/<name>` holds a random word, which a run replaces when it begins, before it looks at anything. Who asks
reads the word after what is asked for is on disk, and it is the key of the wanted run. Whoever reads the same word
gets the same run; and if that run has begun since, it began after the word was read, so it sees what was written.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from counterfoil.paths import Paths
from counterfoil.queue import Queue

_DEAD = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED", "CANCELLING"})


def beat_of(paths: Paths) -> Path:
    """The file that the warehouse worker touches once it takes runs."""
    return paths.var / "turns" / "warehouse-worker.beat"


class Turn:
    """The word of one deployment, such as "refresh-warehouse"."""

    def __init__(self, paths: Paths, name: str) -> None:
        self._folder = paths.var / "turns"
        self._path = self._folder / name
        self.name = name
        self.bell = self._folder / f"{name}.asked"
        """Touched by each who asks: a worker on this host looks at it instead of asking the server all the time."""

    def word(self) -> str:
        """The word of the run that has not begun yet."""
        try:
            return self._path.read_text(encoding="ascii")
        except FileNotFoundError:
            self.begin()
            return self._path.read_text(encoding="ascii")

    def begin(self) -> None:
        """A run begins now: who asks from here on gets another one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f".{self.name}.{secrets.token_hex(6)}"
        temporary.write_text(secrets.token_hex(12), encoding="ascii")
        temporary.replace(self._path)

    def ring(self) -> None:
        """Have a worker on this host look at once."""
        self.bell.touch()


def ask(queue: Queue, turn: Turn, deployment: str, parameters: dict[str, object], tags: Sequence[str] = ()) -> str:
    """Have a run of "flow/deployment" that begins after now; return its id. Raises QueueUnavailable."""
    while True:
        word = turn.word()
        asked = queue.create_run(deployment, parameters, key=f"{turn.name}:{word}", tags=tags)
        if not asked.is_new and _is_lost(queue, asked.run_id, turn, word):
            # It ended before it began (cancelled, or its worker failed): its word would name it for ever.
            turn.begin()
            continue
        turn.ring()
        queue.nudge(asked.run_id)
        return asked.run_id


def _is_lost(queue: Queue, run_id: str, turn: Turn, word: str) -> bool:
    found = queue.api.get(f"flow_runs/{run_id}") or {}
    return found.get("state_type") in _DEAD and turn.word() == word
