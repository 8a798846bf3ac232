"""How far the pull of one account has come: one small file, replaced atomically, beside what it landed.

Losing it costs a full pull, never data: what was landed twice is merged on its key.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ResourceProgress:
    """Where one resource stands. Times are ISO 8601, UTC."""

    cursor: str | None = None
    """Where an unfinished pull goes on."""
    started_at: str | None = None
    """When the pull that `cursor` belongs to began."""
    complete_up_to: str | None = None
    """Everything that was created or changed before it has landed; None before the first pull was finished."""

    @property
    def mark(self) -> datetime | None:
        return datetime.fromisoformat(self.complete_up_to) if self.complete_up_to else None


class Progress:
    """The progress of one account; safe to use from several threads."""

    def __init__(self, landing: Path, account: str) -> None:
        self._path = landing / account / "_progress.json"
        self._lock = threading.Lock()
        self._resources: dict[str, ResourceProgress] = {}
        if self._path.exists():
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            self._resources = {name: ResourceProgress(**value) for name, value in stored.items()}

    def of(self, resource: str) -> ResourceProgress:
        return self._resources.get(resource, ResourceProgress())

    def save(self, resource: str, progress: ResourceProgress) -> None:
        """Write the file anew under a temporary name and move it into place."""
        with self._lock:
            self._resources[resource] = progress
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_suffix(".tmp")
            with temporary.open("w", encoding="utf-8") as file:
                json.dump({name: asdict(value) for name, value in self._resources.items()}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
