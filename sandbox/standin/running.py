"""A stand-in that runs in a thread of this process, for tests: `with serving(api, settings) as sandbox: …`."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import uvicorn

from sandbox.standin.api import Api
from sandbox.standin.app import StandIn
from sandbox.standin.messages import Json
from sandbox.standin.settings import Settings

START_SECONDS = 10.0


@cache
def _http() -> httpx.Client:
    return httpx.Client(timeout=30)


@dataclass(frozen=True)
class Running:
    """A stand-in that answers at `url`."""

    url: str
    api: Api
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
def serving(api: Api, settings: Settings, around: Callable[[Any], Any] | None = None) -> Iterator[Running]:
    """Serve on a free port until the block ends; `around` may wrap the ASGI application, to watch it."""
    # asyncio turns Nagle's algorithm off only for sockets that say TCP; without, each answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    app = around(StandIn(api, settings)) if around else StandIn(api, settings)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _wait_until_started(server)
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", api, settings)
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        listener.close()


def _wait_until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the stand-in did not start")
        time.sleep(0.01)
