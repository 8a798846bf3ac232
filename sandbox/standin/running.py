"""A stand-in that runs in a thread of this process, for tests: `with serving(api, settings) as sandbox: …`."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

import httpx
import uvicorn

from sandbox.standin.api import Api
from sandbox.standin.app import StandIn
from sandbox.standin.messages import Json
from sandbox.standin.settings import Settings

START_SECONDS = 60.0


class Controlled(Protocol):
    """Settings of any stand-in."""

    @property
    def control_token(self) -> str:
        """What the control API asks for."""


A = TypeVar("A")
S = TypeVar("S", bound=Controlled)


@cache
def _http() -> httpx.Client:
    return httpx.Client(timeout=30)


@dataclass(frozen=True)
class Served(Generic[A, S]):
    """A stand-in that answers at `url`."""

    url: str
    app: A
    settings: S

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


Running = Served[StandIn, Settings]


@contextmanager
def serving(api: Api, settings: Settings, around: Callable[[Any], Any] | None = None) -> Iterator[Running]:
    """Serve on a free port until the block ends; `around` may wrap the ASGI application, to watch it."""
    with in_thread(StandIn(api, settings), settings, around) as found:
        yield found


@contextmanager
def in_thread(app: A, settings: S, around: Callable[[A], Any] | None = None) -> Iterator[Served[A, S]]:
    """The same for any ASGI application that has a control API."""
    listener = _listen()
    asgi: Any = around(app) if around else app
    config = uvicorn.Config(asgi, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _wait_until_started(server)
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", app, settings)
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


def _wait_until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the stand-in did not start")
        time.sleep(0.01)
