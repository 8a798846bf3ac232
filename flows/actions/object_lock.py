"""One action at a time on one object. An optimisation: the gateway's key and the look-up are the guarantee."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_S = 30.0


@contextmanager
def object_lock(folder: Path, account: str, object_id: str, sleep: Callable[[float], None]) -> Iterator[bool]:
    """Hold the object; yields False where it could not be had in time. A killed process frees it at once."""
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(f"{account}\n{object_id}".encode()).hexdigest()[:2]
    # 256 files for all objects: two may share one, which only costs a little time.
    descriptor = os.open(folder / f"object-{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _wait(descriptor, sleep)
    finally:
        os.close(descriptor)


def _wait(descriptor: int, sleep: Callable[[float], None]) -> bool:
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            sleep(0.02)
        else:
            return True
