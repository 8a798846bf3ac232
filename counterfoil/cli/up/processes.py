"""Start, watch and stop the processes of one installation: only those that were started here, by their ids."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

STOP_TIMEOUT_S = 15.0


class ProcessFailed(RuntimeError):
    """A process ended by itself or did not become ready; the text names it and its log."""


@dataclass(frozen=True, slots=True)
class Spec:
    """How to start one process, and how to know that it works."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    """All of its environment: what is not here, it does not get; so only workers see gateway keys."""
    is_ready: Callable[[], bool]
    ready_within_s: float = 120.0


@dataclass(slots=True)
class Process:
    """A started process, in a group of its own, so that a Ctrl-C in the terminal reaches only the supervisor."""

    spec: Spec
    popen: subprocess.Popen[bytes]
    log: Path
    started_at: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raise ProcessFailed if it ended."""
        code = self.popen.poll()
        if code is not None:
            raise ProcessFailed(f"{self.spec.name} ended with code {code}. Its log: {self.log}\n{tail(self.log)}")


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, indented."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def start(spec: Spec, logs: Path) -> Process:
    """Start a process; its output goes to logs/<name>.log."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{spec.name}.log"
    output: IO[bytes] = log.open("ab")
    with output:
        popen = subprocess.Popen(
            list(spec.argv),
            env=dict(spec.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Process(spec, popen, log)


def wait_ready(processes: Sequence[Process], on_ready: Callable[[Process, float], None]) -> None:
    """Wait until each process is ready; raise ProcessFailed if one ends or takes too long."""
    waiting = list(processes)
    while waiting:
        for process in list(waiting):
            process.check()
            waited = time.monotonic() - process.started_at
            if process.spec.is_ready():
                waiting.remove(process)
                on_ready(process, waited)
            elif waited > process.spec.ready_within_s:
                end = tail(process.log)
                raise ProcessFailed(
                    f"{process.spec.name} was not ready after {waited:.0f} s. Its log: {process.log}\n{end}"
                )
        time.sleep(0.1)


def stop(processes: Sequence[Process]) -> None:
    """Ask each process to end, last started first; kill what has not ended in time, with its children."""
    for process in reversed(processes):
        _signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    for process in reversed(processes):
        try:
            process.popen.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal_group(process, signal.SIGKILL)
            process.popen.wait(timeout=5)


def _signal_group(process: Process, number: signal.Signals) -> None:
    if process.popen.poll() is not None:
        return
    try:
        os.killpg(process.popen.pid, number)
    except ProcessLookupError:
        return
