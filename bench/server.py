"""The loopback server of the benchmarks: Stripe's stand-in with many charges in memory, in its own process."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

KEY = "sk_test_sandbox"
START_S = 120.0


class ServerMissing(RuntimeError):
    """The stand-in did not answer in time."""


@contextmanager
def bulk_server(charges: int) -> Iterator[str]:
    """Serve `charges` charges of about 2.5 kB until the block ends; yields the base URL."""
    command = ["sandbox.stripe", "--bulk-charges", str(charges), "--port"]
    with serving(command, "/v1/charges?limit=1") as url:
        yield url


@contextmanager
def serving(module: list[str], path: str) -> Iterator[str]:
    """Run `python -m MODULE… PORT` until the block ends, and wait until it answers a request for `path`."""
    port = _free_port()
    with subprocess.Popen([sys.executable, "-m", *module, str(port)], stdout=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url + path, process)
            yield url
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    headers = {"Authorization": f"Bearer {KEY}"}
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(url, headers=headers, timeout=5).status_code < 500:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise ServerMissing(f"The stand-in at {url} did not answer within {START_S:g} s; start it by hand to see why.")
