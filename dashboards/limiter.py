"""A small limit on tries: so many per key within a time, counted in memory and bounded in size."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

MAX_KEYS = 10_000


class Limiter:
    """Counts tries per key; thread-safe. The oldest keys are forgotten first when there are too many."""

    def __init__(self, tries: int, within: timedelta) -> None:
        self._tries = tries
        self._within = within
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def is_over(self, key: str, *, now: datetime) -> bool:
        """Count one try and say whether it is one too many."""
        with self._lock:
            times = self._seen.setdefault(key, deque(maxlen=self._tries + 1))
            self._seen.move_to_end(key)
            while times and now - times[0] > self._within:
                times.popleft()
            times.append(now)
            while len(self._seen) > MAX_KEYS:
                self._seen.popitem(last=False)
            return len(times) > self._tries

    def forget(self, key: str) -> None:
        """Start again for a key, after a success."""
        with self._lock:
            self._seen.pop(key, None)
