"""What stays the same for a whole published file, such as the choices of a filter, is read once per file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from warehouse.published import PublishedFile

Found = TypeVar("Found")


class Kept:
    """Keeps answers until the published version changes; thread-safe."""

    def __init__(self, published: PublishedFile) -> None:
        self._published = published
        self._version: str | None = None
        self._answers: dict[str, Any] = {}
        self._lock = threading.Lock()

    def once(self, name: str, read: Callable[[PublishedFile], Found]) -> Found:
        """What `read` gives for the published file as it is now. Raises NothingPublished."""
        version = self._published.version
        with self._lock:
            if version != self._version:
                self._version, self._answers = version, {}
            if name in self._answers:
                found: Found = self._answers[name]
                return found
        found = read(self._published)
        with self._lock:
            # A file that was published meanwhile has answers of its own.
            if version == self._version and version is not None:
                self._answers[name] = found
        return found
