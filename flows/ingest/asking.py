"""Ask for a refresh of the warehouse: whoever landed something calls it, and what landed is published in seconds."""

from __future__ import annotations

import threading

from counterfoil.paths import Paths
from counterfoil.prefect_api import CallRefused, QueueUnavailable
from counterfoil.queue import Queue
from counterfoil.turns import Turn, ask

REFRESH = "refresh-warehouse"
COMMANDS = "handle-commands"
ONLY_CHANGES: dict[str, object] = {"only_changes": True}


def ask_for_refresh(queue: Queue, paths: Paths, account: str) -> None:
    """Have what was landed for `account` loaded, built and published; return at once.

    Call it after landing. It never fails and never waits: where Prefect does not take it, the refresh of every 15
    minutes finds what landed. Many who ask get few runs (counterfoil/turns.py).
    """
    threading.Thread(target=asked_for_refresh, args=(queue, paths, account), name="ask", daemon=True).start()


def asked_for_refresh(queue: Queue, paths: Paths, account: str) -> str | None:
    """The same, waiting for Prefect's answer: the run's id, or None where it was not taken."""
    try:
        return ask(queue, Turn(paths, REFRESH), f"{REFRESH}/{REFRESH}", ONLY_CHANGES, [f"account:{account}"])
    except (QueueUnavailable, CallRefused):
        return None


def ask_for_commands(queue: Queue, paths: Paths) -> None:
    """Have tickets read that a helpdesk named and whose reading was lost; the next minute asks again."""
    try:
        ask(queue, Turn(paths, COMMANDS), f"{COMMANDS}/{COMMANDS}", {})
    except (QueueUnavailable, CallRefused):
        return
