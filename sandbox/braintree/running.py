"""A stand-in that runs in a thread of this process, for tests: `with running(folder) as sandbox: sandbox.url`."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from sandbox.braintree.app import Sandbox, make_app
from sandbox.braintree.markup import Json
from sandbox.braintree.settings import Settings
from sandbox.braintree.state import open_state
from sandbox.braintree.store import Store
from sandbox.stripe.settings import Scope

START_SECONDS = 10.0


@cache
def _http() -> httpx.Client:
    return httpx.Client(timeout=30)


@dataclass(frozen=True)
class Running:
    """A stand-in that answers at `url`."""

    url: str
    app: Sandbox
    settings: Settings

    def control(self, method: str, route: str, body: Json | None = None) -> Json:
        """Call the control API: `control("GET", "books")`; raises for a status other than 2xx."""
        headers = {"X-Sandbox-Token": self.settings.control_token}
        sent = _http().request(method, f"{self.url}/_sandbox/{route}", json=body, headers=headers)
        sent.raise_for_status()
        answered: Json = sent.json()
        return answered

    def fault(self, kind: str, **more: Any) -> None:
        """Queue a failure (see `faults.Fault`)."""
        self.control("POST", "faults", {"kind": kind, **more})


@contextmanager
def running(
    folder: Path | None = None, scope: Scope | None = None, settings: Settings | None = None
) -> Iterator[Running]:
    """Serve a state folder (None: in memory) on a free port until the block ends."""
    store = open_state(folder, scope or Scope(scale="small"))
    with serving(store, settings or Settings()) as found:
        yield found


@contextmanager
def serving(store: Store, settings: Settings) -> Iterator[Running]:
    """Serve a store on a free port until the block ends."""
    app = make_app(store, settings)
    listener = _listen()
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _wait_until(server)
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", app, settings)
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
