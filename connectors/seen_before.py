"""What an object looked like before an action was sent, for gateways that leave no trace of the request itself.

One small file per request, written once and on disk before the request leaves, so that another process, or the same one
after it was killed, can compare. Without a folder it is kept in memory, and ends with the process.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from counterfoil.written_once import write_once

MOST_IN_MEMORY = 1_024


class SeenBefore:
    """Texts by request id. Safe to use from several threads and processes."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._memory: dict[str, str] = {}

    def note(self, request_id: str, text: str) -> None:
        """Keep what was seen; the first note of a request stays. Raises OSError: then nothing must be sent."""
        if self._folder is not None:
            write_once(self._folder, _name(request_id), text.encode())
            return
        while len(self._memory) >= MOST_IN_MEMORY:
            self._memory.pop(next(iter(self._memory)))
        self._memory.setdefault(request_id, text)

    def of(self, request_id: str) -> str | None:
        """What was seen before the request was first sent; None where nobody noted it."""
        if self._folder is None:
            return self._memory.get(request_id)
        try:
            return (self._folder / _name(request_id)).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None


def _name(request_id: str) -> str:
    return f"{hashlib.sha256(request_id.encode()).hexdigest()[:40]}.txt"
