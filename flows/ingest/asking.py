"""Ask for a refresh of the warehouse: whoever landed something calls it, and what landed is published in seconds."""

from __future__ import annotations

from counterfoil.paths import Paths
from counterfoil.prefect_api import CallRefused, QueueUnavailable
from counterfoil.queue import Queue
from counterfoil.turns import Turn, ask

REFRESH = "refresh-warehouse"
ONLY_CHANGES: dict[str, object] = {"only_changes": True}


def ask_for_refresh(queue: Queue, paths: Paths, account: str) -> str | None:
    """Have what was landed for `account` loaded, built and published; return the run's id.

    Many who ask get few runs (counterfoil/turns.py). None where Prefect did not take it: the refresh of every 15
    minutes finds what landed, so it is no reason for whoever asks to fail.
    """
    try:
        return ask(queue, Turn(paths, REFRESH), f"{REFRESH}/{REFRESH}", ONLY_CHANGES, [f"account:{account}"])
    except (QueueUnavailable, CallRefused):
        return None
