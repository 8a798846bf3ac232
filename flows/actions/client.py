"""Prefect's client for the warm worker: one connection pool, and a busy SQLite costs milliseconds instead of seconds.

Prefect's own client waits 2, 4, 8… seconds after a 503 ("database is locked"); a click would wait with it.

Few calls at once, on purpose: SQLite writes one after the other anyway, and calls that wait for the write lock inside
the server take its 15 connections from those that only read.
"""

from __future__ import annotations

import asyncio
import random
import time

import httpx
from prefect.context import AsyncClientContext

PATIENCE_S = 10.0
AT_ONCE = 2
LONGEST_PAUSE_S = 0.4


class QuickRetry(httpx.AsyncBaseTransport):
    """Sends a call again while the server answers 503. The server rolled back: nothing was done by such a call."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport(retries=3)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with the first response that is not 503, or with the last one."""
        deadline, pause_s = time.monotonic() + PATIENCE_S, 0.03
        while True:
            async with self._turns:
                response = await self._inner.handle_async_request(request)
                await response.aread()
            if response.status_code != 503 or time.monotonic() + pause_s > deadline:
                return response
            await asyncio.sleep(random.uniform(pause_s / 2, pause_s))  # noqa: S311 - spreads the retries
            pause_s = min(pause_s * 1.7, LONGEST_PAUSE_S)

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._inner.aclose()


def quick_client() -> AsyncClientContext:
    """The context in which all flows of this worker share one client."""
    return AsyncClientContext(httpx_settings={"transport": QuickRetry()})
