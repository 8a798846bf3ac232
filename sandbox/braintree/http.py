"""HTTP out of ASGI, with the one thing that ASGI has no word for: cutting the connection."""

import asyncio
import gzip
from typing import Any

from sandbox.stripe.messages import Answer, Request

WORTH_PACKING = 10_000


async def send_answer(given: Answer, request: Request, receive: Any, send: Any) -> None:
    """Send an answer, packed where the client takes it, or hang and cut the connection where it is a dropped one."""
    if given.is_dropped:
        await _drop(given, receive, send)
        return
    headers = {"Content-Type": given.content_type, **given.headers}
    body = given.body
    if len(body) > WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 1)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": given.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def _drop(given: Answer, receive: Any, send: Any) -> None:
    gone = asyncio.ensure_future(receive())
    await asyncio.wait([gone], timeout=given.seconds)
    if not gone.done():
        # uvicorn's `send` is a method of the request's cycle, which holds the socket's transport.
        send.__self__.transport.abort()
    await gone
