"""What was accepted survives: an orderly restart, and kill -9 at once after the answer."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.stripe.running import Running, running
from sandbox.stripe.settings import Settings
from sandbox.stripe.state import open_state
from tests.sandbox.calling import everything, get, post, refundable
from tests.sandbox.conftest import SCOPE

ROOT = Path(__file__).parents[2]


@contextmanager
def process(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The sandbox as the command line runs it, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sandbox.stripe", "--port", str(port), "--state", str(folder)]
    started = subprocess.Popen([*command, "--scale", "small", "--today", "2026-11-23"], cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url)
        yield url, started
    finally:
        started.kill()
        started.wait()


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("the sandbox did not start")


def test_a_restart_keeps_refunds_keys_and_log(tmp_path: Path) -> None:
    with running(tmp_path, SCOPE, Settings()) as sandbox:
        charge = refundable(sandbox)["id"]
        sent = {"charge": charge, "amount": "5"}
        first = post(sandbox, "/v1/refunds", sent, Idempotency_Key="k")
        before = everything(sandbox, "/v1/charges")
        books = sandbox.control("GET", "books")
    with running(tmp_path, SCOPE, Settings()) as sandbox:
        assert everything(sandbox, "/v1/charges") == before
        assert sandbox.control("GET", "books") == books
        again = post(sandbox, "/v1/refunds", sent, Idempotency_Key="k")
        assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
        assert [entry["is_replay"] for entry in sandbox.control("GET", "log")["log"]] == [False, True]
        second = post(sandbox, "/v1/refunds", sent)
        assert second.json()["id"] != first.json()["id"]
        assert get(sandbox, f"/v1/charges/{charge}")["amount_refunded"] == 10


def test_an_answered_refund_survives_kill_9(tmp_path: Path) -> None:
    key = {"Authorization": "Bearer sk_test_sandbox", "Idempotency-Key": "k"}
    with process(tmp_path) as (url, started):
        charge = refundable(_found(url))["id"]
        answer = httpx.post(f"{url}/v1/refunds", data={"charge": charge, "amount": "5"}, headers=key)
        os.kill(started.pid, signal.SIGKILL)
        started.wait()
        assert answer.status_code == 200
    with process(tmp_path) as (url, _):
        again = httpx.post(f"{url}/v1/refunds", data={"charge": charge, "amount": "5"}, headers=key)
        assert (again.content, again.headers["idempotent-replayed"]) == (answer.content, "true")
        assert len(get(_found(url), "/v1/refunds", charge=charge)["data"]) == 1


def test_a_folder_in_use_is_not_opened_twice(tmp_path: Path) -> None:
    with running(tmp_path, SCOPE, Settings()), pytest.raises(SystemExit, match="Another sandbox is using"):
        open_state(tmp_path, SCOPE)
    open_state(tmp_path, SCOPE).close()


def test_half_a_request_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    with running(tmp_path, SCOPE, Settings()) as sandbox:
        charge = refundable(sandbox)["id"]
        body = f"charge={charge}&amount=5"
        key = "Authorization: Bearer sk_test_sandbox"
        head = f"POST /v1/refunds HTTP/1.1\r\nHost: x\r\n{key}\r\nContent-Length: {len(body)}"
        with socket.create_connection(("127.0.0.1", int(sandbox.url.rsplit(":", 1)[1]))) as sent:
            sent.sendall(f"{head}\r\n\r\n{body.removesuffix('&amount=5')}".encode())
        assert get(sandbox, "/v1/charges", limit=1)["data"]
        assert sandbox.control("GET", "log")["log"] == []
        assert get(sandbox, "/v1/refunds", charge=charge)["data"] == []


def _found(url: str) -> Running:
    return Running(url, None, Settings())  # type: ignore[arg-type]
