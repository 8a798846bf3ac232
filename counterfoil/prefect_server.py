"""`python -m counterfoil.prefect_server start …`: Prefect's own server; on SQLite nobody waits long for the write lock.

Prefect lets a SQLite connection wait 60 s for the write lock, inside the connection's thread. While it waits there, the
garbage collector may close one of that connection's old cursors on the event loop's thread, which then blocks as well;
so whoever holds the lock cannot go on, and the whole server stands still until the minute is over (seen on 3.8.8 with
two workers and twelve actions). With a short wait the request fails instead, and the server answers 503.

Prefect's client then pauses 2, 4, 8 s …, although the lock is free again after a moment. So the request is carried out
again here, which is what the client would do, until `PATIENCE_S` is used up; what failed has changed nothing.
"""

from __future__ import annotations

import asyncio
import random
import runpy
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from prefect.server.api import server
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import Pool

BUSY_MS = 500
PATIENCE_S = 5.0
PAUSE_S = 0.05
_DONE = "counterfoil_busy_timeout"

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


def wait_briefly(connection: Any, record: Any, _: Any) -> None:
    """Set the wait once per connection, after Prefect has set its own."""
    if _DONE in record.info or "sqlite" not in type(connection).__module__:
        return
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.close()
    record.info[_DONE] = True


class Attempt:
    """One carrying out of a request. An answer 503 is kept back, unless this is the last attempt."""

    def __init__(self, body: list[Message], receive: Receive, send: Send, *, is_last: bool) -> None:
        self._body = list(body)
        self._receive = receive
        self._send = send
        self._is_last = is_last
        self.is_refused = False

    async def receive(self) -> Message:
        """The body again, then what still comes from the client."""
        return self._body.pop(0) if self._body else await self._receive()

    async def send(self, message: Message) -> None:
        """Pass on what is not the beginning, or the rest, of a 503."""
        if message["type"] == "http.response.start" and message["status"] == 503 and not self._is_last:
            self.is_refused = True
        if not self.is_refused:
            await self._send(message)


def until_unlocked(app: App, *, patience_s: float = PATIENCE_S) -> App:
    """The same ASGI application, which carries out again what it answered with 503."""

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        body = await _whole(receive)
        end = time.monotonic() + patience_s
        while True:
            attempt = Attempt(body, receive, send, is_last=time.monotonic() >= end)
            try:
                await app(dict(scope), attempt.receive, attempt.send)
            except OperationalError:
                # The application answers 503 first, and then raises for its log.
                if not attempt.is_refused:
                    raise
            if not attempt.is_refused:
                return
            await asyncio.sleep(random.uniform(PAUSE_S, 3 * PAUSE_S))  # noqa: S311 - spreads the attempts

    return answer


async def _whole(receive: Receive) -> list[Message]:
    """All messages of the body; the last may be that the client went away."""
    body = [await receive()]
    while body[-1]["type"] == "http.request" and body[-1].get("more_body"):
        body.append(await receive())
    return body


def main() -> None:
    """Run `prefect server` with the arguments that were given."""
    event.listen(Pool, "checkout", wait_briefly)
    make_app = server.create_app
    # `prefect server start` takes the function from its module when it is about to serve.
    vars(server)["create_app"] = lambda *args, **options: until_unlocked(make_app(*args, **options))
    sys.argv = ["prefect", "server", *sys.argv[1:]]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
