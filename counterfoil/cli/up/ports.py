"""Are the ports free, and is another instance running on the same data? Asked before anything starts."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock, Timeout


class PortBusy(RuntimeError):
    """A port that is needed is taken; the text says which, for what, and what to do."""


class AlreadyRunning(RuntimeError):
    """Another `counterfoil up` works on the same folder."""


def check_ports(needed: Mapping[str, int]) -> None:
    """`needed`: what for -> port on 127.0.0.1. Raise PortBusy with every one that is taken."""
    busy = [f"port {port} ({purpose})" for purpose, port in needed.items() if not is_free(port)]
    if busy:
        raise PortBusy(
            f"Something else listens on {', '.join(busy)} of 127.0.0.1. "
            "Stop it, or choose other ports in the settings ([web], [prefect], [actions], "
            "and api_base of [[accounts]] for the sandbox)."
        )


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def is_listening(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def only_instance(var: Path) -> FileLock:
    """Take the lock of this data folder; raise AlreadyRunning. It goes with the process, also after kill -9."""
    var.mkdir(parents=True, exist_ok=True)
    lock = FileLock(var / "up.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise AlreadyRunning(
            f"Counterfoil is already running on {var}. Use it, or stop it with Ctrl-C where it was started."
        ) from None
    return lock
