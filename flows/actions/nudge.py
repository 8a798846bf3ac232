"""Where the worker is told that there is work: POST /nudge on 127.0.0.1. A nudge says "look now", nothing more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

MAX_BYTES = 4_096
READ_S = 2.0


class NudgeServer:
    """Listens on 127.0.0.1. Where the port is taken (a second worker of this host) polling alone has to do."""

    def __init__(self, port: int, on_nudge: Callable[[str | None], None]) -> None:
        self._port = port
        self._on_nudge = on_nudge
        self._server: asyncio.Server | None = None

    async def start(self) -> bool:
        """Begin to listen; return False where the port is taken."""
        try:
            self._server = await asyncio.start_server(self._answer, "127.0.0.1", self._port)
        except OSError:
            return False
        return True

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(READ_S):
                status = await self._handled(reader)
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            return
        finally:
            writer.close()

    async def _handled(self, reader: asyncio.StreamReader) -> str:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if not head.startswith("post /nudge "):
            return "200 OK" if head.startswith("get ") else "404 Not Found"
        length = next((line[15:] for line in head.split("\r\n") if line.startswith("content-length:")), "0")
        size = int(length)
        if not 0 <= size <= MAX_BYTES:
            return "413 Content Too Large"
        self._on_nudge(_run_id(await reader.readexactly(size)))
        return "202 Accepted"


def _run_id(body: bytes) -> str | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    run_id = value.get("run_id") if isinstance(value, dict) else None
    return run_id if isinstance(run_id, str) else None
