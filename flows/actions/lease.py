"""Who owns a worker slot, and whether this process may still act for it.

A slot ("actions-<host>-0") is a journal and a lock file; the operating system frees the lock when its process dies,
however it dies. Other hosts see the slot through Prefect's worker heartbeat. A process that could not renew its
heartbeat in time must expect that another one took its runs over, so it makes no further gateway call.
"""

from __future__ import annotations

import fcntl
import os
import re
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SLOTS = 64
_CLAIM = "Claimed by "
_HELD_FOR = 0.7
"""The part of the lease after which we stop trusting it: the others wait for the whole."""


class NoSlot(RuntimeError):
    """Every slot of this host is taken."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One process in one slot, as written into the claim of a run: "slot:instance"."""

    slot: str
    instance: str

    def __str__(self) -> str:
        return f"{self.slot}:{self.instance}"


def claim_text(owner: Owner) -> str:
    """What a claimed run's state says."""
    return f"{_CLAIM}{owner}"


def owner_in(claim: str) -> Owner | None:
    """Who wrote a claim; None where it is none of ours."""
    slot, separator, instance = claim.removeprefix(_CLAIM).rpartition(":")
    return Owner(slot, instance) if separator and claim.startswith(_CLAIM) else None


@dataclass(slots=True)
class Slot:
    """A slot held by this process."""

    owner: Owner
    descriptor: int

    def release(self) -> None:
        """Let another process have it."""
        os.close(self.descriptor)


def take_slot(folder: Path) -> Slot:
    """Take the first free slot of this host. Raises NoSlot."""
    folder.mkdir(parents=True, exist_ok=True)
    host = re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())
    for number in range(SLOTS):
        slot = f"actions-{host}-{number}"
        descriptor = _try_lock(folder / f"{slot}.lock")
        if descriptor is not None:
            owner = Owner(slot, uuid.uuid4().hex[:8])
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, owner.instance.encode(), 0)
            return Slot(owner, descriptor)
    raise NoSlot(f"All {SLOTS} worker slots in {folder} are taken; stop a worker first.")


def is_dead_here(folder: Path, owner: Owner) -> bool | None:
    """Whether the owner's process is gone, by its lock file; None where this host does not know the slot."""
    path = folder / f"{owner.slot}.lock"
    if not path.exists():
        return None
    descriptor = _try_lock(path)
    if descriptor is not None:
        os.close(descriptor)
        return True
    return path.read_text() != owner.instance


def _try_lock(path: Path) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@dataclass(slots=True)
class Lease:
    """When the heartbeat was last taken by the server; counted on the clock that never jumps."""

    lease_s: float
    clock: Callable[[], float] = time.monotonic
    _renewed_at: float | None = field(default=None, init=False)

    def renewed(self, at: float) -> None:
        """The server took a heartbeat that was sent at `at` (of the same clock)."""
        self._renewed_at = at

    def is_held(self) -> bool:
        """Whether nobody can have taken our runs over yet."""
        return self._renewed_at is not None and self.clock() - self._renewed_at < self.lease_s * _HELD_FOR
