"""HTTP in and out of ASGI, with the one thing that ASGI has no word for: cutting the connection."""

import asyncio
import time
from typing import Any

from sandbox.standin.messages import Answer, Request


async def receive_request(scope: dict[str, Any], receive: Any) -> Request | None:
    """The whole request, or None where the client went away in the middle of it: half a body is no body."""
    wall, mono = time.time(), time.monotonic()
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(scope["method"], scope["path"], scope["query_string"], headers, body, wall, mono)


async def send_answer(given: Answer, receive: Any, send: Any) -> None:
    """Send an answer, or hang and cut the connection where it is a dropped one."""
    if given.is_dropped:
        await _drop(given, receive, send)
        return
    length = str(len(given.body))
    headers = {"Content-Type": given.content_type, "Content-Length": length, **given.headers}
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": given.status, "headers": raw})
    await send({"type": "http.response.body", "body": given.body})


async def _drop(given: Answer, receive: Any, send: Any) -> None:
    gone = asyncio.ensure_future(receive())
    await asyncio.wait([gone], timeout=given.seconds)
    if not gone.done():
        # uvicorn's `send` is a method of the request's cycle, which holds the socket's transport.
        send.__self__.transport.abort()
    await gone
