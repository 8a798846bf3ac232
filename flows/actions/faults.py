"""Named places at which a test kills the process, to prove that nothing is lost or done twice.

Set COUNTERFOIL_FAULT to a name, or to "name:10" so that ten actions stand there when it happens; it is unset everywhere
else. The signal cannot be caught, as with a power cut.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time

BATCH_POINTS = ("before_item", "after_item", "before_final_state")
"""While a batch queues one of its items, and before it ends."""
GATHER_S = 3.0
WRITES = (
    "requested", "approval_asked", "approval", "attempt", "not_accepted", "unknown", "looked_up", "outcome",
    "concluded", "settled",
)  # fmt: skip
"""Kinds of journal records that have a place before and after them."""
STEPS = ("claim", "read", "look_up", "sent_label", "perform", "landing", "preview", "details", "final_state")
"""Everything else that is written durably or asked of a gateway."""
POINTS = tuple(f"{side}_{what}" for what in (*WRITES, *STEPS) for side in ("before", "after"))
_count = 0
_lock = threading.Lock()


def point(name: str) -> None:
    """Die here if this is the chosen place and enough have come; who is early waits a while for the others."""
    wanted, _, together = os.environ.get("COUNTERFOIL_FAULT", "").partition(":")
    if wanted == name:
        _gather(int(together or "1"))


def _gather(together: int) -> None:
    global _count  # noqa: PLW0603 - one process dies once
    with _lock:
        _count += 1
    until = time.monotonic() + (0 if _is_in_loop() else GATHER_S)
    while _count < together and time.monotonic() < until:
        time.sleep(0.005)
    if _count >= together or not _is_in_loop():
        os.kill(os.getpid(), signal.SIGKILL)


def _is_in_loop() -> bool:
    """Whether waiting here would stop everything else."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
