"""The nudge port takes anything and survives it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from flows.actions.nudge import NudgeServer
from tests.actions.stand import free_port

BODIES = {
    b'{"run_id": "abc"}': "abc",
    b"{}": None,
    b"[]": None,
    b'{"run_id": 7}': None,
    b"\xff\xfe": None,
    b"": None,
}


async def sent(raw: bytes) -> tuple[bytes, list[str | None]]:
    """The answer to raw bytes, and the nudges that came of them."""
    nudges: list[str | None] = []
    port = free_port()
    server = NudgeServer(port, nudges.append)
    assert await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    # Hanging up on rubbish is an answer as well.
    with suppress(ConnectionError):
        writer.write(raw)
        await writer.drain()
        writer.write_eof()
        answer = await reader.read()
    writer.close()
    await server.stop()
    return answer, nudges


@pytest.mark.parametrize("body", BODIES)
async def test_a_post_is_a_nudge_whatever_its_body(body: bytes) -> None:
    head = f"POST /nudge HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    answer, nudges = await sent(head + body)
    assert answer.startswith(b"HTTP/1.1 202")
    assert nudges == [BODIES[body]]


@pytest.mark.parametrize(
    "raw",
    [
        b"rubbish",
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST /other HTTP/1.1\r\n\r\n",
        b"POST /nudge HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        b"POST /nudge HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /nudge HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST /nudge HTTP/1.1\r\nContent-Length: 50\r\n\r\nshort",
        b"x" * 200_000,
    ],
)
async def test_what_is_no_nudge_is_none_and_does_no_harm(raw: bytes) -> None:
    _, nudges = await sent(raw)
    assert nudges == []


async def test_a_second_worker_of_the_host_does_without_the_port() -> None:
    port = free_port()
    first, second = NudgeServer(port, print), NudgeServer(port, print)
    assert await first.start()
    assert not await second.start()
    await first.stop()
