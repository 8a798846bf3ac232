"""Requests that find SQLite locked are carried out again inside the server, whole, and not for ever."""

from __future__ import annotations

import sqlite3
from collections.abc import MutableMapping
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from counterfoil.prefect_server import App, Receive, Send, until_unlocked


class Locked:
    """An ASGI application that answers 503 and raises, as Prefect's does, until it was asked `times` times."""

    def __init__(self, times: int, *, status: int = 503) -> None:
        self.left = times
        self.status = status
        self.bodies: list[bytes] = []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.bodies.append(body)
        self.left -= 1
        status = self.status if self.left >= 0 else 201
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": str(status).encode()})
        if status == 503:
            raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))


async def post(app: App, body: bytes) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://prefect") as client:
        return await client.post("/flow_runs", content=body)


async def test_a_request_that_finds_the_database_locked_is_carried_out_again_with_its_whole_body() -> None:
    app = Locked(3)
    answer = await post(until_unlocked(app), b"x" * 200_000)
    assert (answer.status_code, answer.text) == (201, "201")
    assert app.bodies == [b"x" * 200_000] * 4


async def test_a_database_that_stays_locked_is_told_to_the_client() -> None:
    app = Locked(10_000)
    with pytest.raises(OperationalError):
        await post(until_unlocked(app, patience_s=0.3), b"{}")
    assert len(app.bodies) > 1


async def test_other_failures_are_answered_at_once() -> None:
    app = Locked(10_000, status=500)
    answer = await post(until_unlocked(app), b"{}")
    assert (answer.status_code, len(app.bodies)) == (500, 1)
