"""Named places at which a test kills the process, to prove that nothing is lost or done twice.

Set COUNTERFOIL_FAULT to a name; it is unset everywhere else. The signal cannot be caught, as with a power cut.
"""

from __future__ import annotations

import os
import signal

BATCH_POINTS = ("before_item", "after_item", "before_final_state")
"""While a batch queues one of its items, and before it ends."""
POINTS = (
    "before_attempt",
    "after_attempt",
    "before_perform",
    "after_perform",
    "before_outcome",
    "after_outcome",
    "before_final_state",
)


def point(name: str) -> None:
    """Die here if this is the chosen place."""
    if os.environ.get("COUNTERFOIL_FAULT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
