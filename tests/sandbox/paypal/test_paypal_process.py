"""The stand-in as the command line runs it: what was answered survives kill -9."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox.paypal.running import running
from tests.sandbox.paypal.calling import refundable
from tests.sandbox.paypal.conftest import SCOPE

ROOT = Path(__file__).parents[3]


@contextmanager
def process(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sandbox.paypal", "--port", str(port), "--state", str(folder)]
    started = subprocess.Popen([*command, "--scale", "small", "--today", "2026-11-23"], cwd=ROOT)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}", started
    finally:
        started.kill()
        started.wait()


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("the stand-in did not start")


def test_a_refund_that_was_answered_survives_a_kill(tmp_path: Path) -> None:
    with running(tmp_path, SCOPE) as pay:
        capture = refundable(pay).wanted
    with process(tmp_path) as (url, started):
        key = {"grant_type": "client_credentials"}
        token = httpx.post(f"{url}/v1/oauth2/token", data=key, auth=("sandbox-client", "sandbox-secret")).json()
        headers = {"Authorization": f"Bearer {token['access_token']}", "PayPal-Request-Id": "k"}
        body = {"amount": {"value": "1.00", "currency_code": "EUR"}}
        path = f"{url}/v2/payments/captures/{capture}/refund"
        made = httpx.post(path, json=body, headers=headers, timeout=10).json()["id"]
        started.kill()
        started.wait()
    with running(tmp_path, SCOPE) as pay:
        (refund,) = pay.control("GET", "books")["charges"][capture]["refunds"]
        assert (refund["id"], refund["amount"]) == (made, 100)
