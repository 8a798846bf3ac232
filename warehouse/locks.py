"""One writer at a time: a file lock beside each database, with an error that says who waits for what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

WAIT_S = 120.0


class DatabaseBusy(RuntimeError):
    """Another process holds the database's lock, and did not give it back in time."""


def lock_of(database: Path) -> FileLock:
    """The lock file beside a database: `warehouse.duckdb.lock`. The operating system frees it when its owner dies."""
    database.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(f"{database}.lock")


@contextmanager
def held(database: Path, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the database's lock; raise DatabaseBusy after `wait_s` seconds."""
    lock = lock_of(database)
    try:
        lock.acquire(timeout=wait_s)
    except Timeout:
        raise DatabaseBusy(
            f"{database} is in use by another load, build or publish since more than {wait_s:g} s. "
            f"Wait until it has ended; its lock is {database}.lock and goes away with the process that holds it."
        ) from None
    try:
        yield
    finally:
        lock.release()
