"""A stand-in that runs in a thread of this process, for tests: `with running(folder) as sandbox: sandbox.url`."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from sandbox.paypal.app import Sandbox, make_app
from sandbox.paypal.settings import Settings
from sandbox.paypal.state import open_state
from sandbox.stripe.settings import Scope
from sandbox.stripe.wire import Json

START_SECONDS = 10.0


@dataclass(frozen=True)
class Running:
    """A stand-in that answers at `url`."""

    url: str
    app: Sandbox
    settings: Settings

    def control(self, method: str, route: str, body: Json | None = None) -> Json:
        """Call the control API: `control("GET", "books")`; raises for a status other than 2xx."""
        headers = {"X-Sandbox-Token": self.settings.control_token}
        sent = httpx.request(method, f"{self.url}/_sandbox/{route}", json=body, headers=headers, timeout=30)
        sent.raise_for_status()
        answered: Json = sent.json()
        return answered

    def fault(self, kind: str, **more: Any) -> None:
        """Queue a failure (see `sandbox.stripe.faults.Fault`)."""
        self.control("POST", "faults", {"kind": kind, **more})


@contextmanager
def running(
    folder: Path | None = None,
    scope: Scope | None = None,
    settings: Settings | None = None,
    around: Callable[[Sandbox], Any] = lambda app: app,
) -> Iterator[Running]:
    """Serve a state folder (None: in memory) on a free port until the block ends; `around` wraps the application."""
    chosen = settings or Settings()
    app = make_app(open_state(folder, scope or Scope(scale="small")), chosen)
    listener = _listen()
    config = uvicorn.Config(around(app), log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _wait_until(server)
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", app, chosen)
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        listener.close()


def _listen() -> socket.socket:
    # asyncio turns Nagle's algorithm off only for sockets that say TCP; without, each answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def _wait_until(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the stand-in did not start")
        time.sleep(0.01)
