"""Processes that outlived a killed supervisor: found by what it noted, and ended before the next start.

A process is known by its id and its start time together, because ids are used again.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from counterfoil.cli.up.processes import Process

WAIT_S = 15.0


def note(path: Path, processes: Sequence[Process]) -> None:
    """Write down what runs: [{"pid", "started"}], replaced atomically."""
    noted = [{"pid": process.popen.pid, "started": start_time(process.popen.pid)} for process in processes]
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(noted))
    temporary.replace(path)


def end_leftovers(path: Path) -> int:
    """End the noted processes that still run, with their groups; return how many there were."""
    if not path.exists():
        return 0
    alive = [entry["pid"] for entry in json.loads(path.read_text()) if _is_same(entry["pid"], entry["started"])]
    for pid in alive:
        _signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + WAIT_S
    while any(start_time(pid) for pid in alive) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in alive:
        _signal_group(pid, signal.SIGKILL)
    path.unlink()
    return len(alive)


def start_time(pid: int) -> str:
    """When the process began, in clock ticks since boot; empty where it does not run (a zombie does not)."""
    try:
        rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if rest[0] == "Z" else rest[19]


def _is_same(pid: int, started: str) -> bool:
    return bool(started) and start_time(pid) == started


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
