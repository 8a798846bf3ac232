"""`counterfoil up` killed with -9 in the middle of the main job: the next start goes on, nothing twice or lost."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import Installation, start_installation, wait_for_summary

pytestmark = pytest.mark.long

STEPS = (
    "✓ Pull the gateways' history",
    "✓ Load, build, check and publish",
    "✓ Issue the documents",
    "✓ action-worker is ready",
)


def wait_for_line(made: Installation, line: str) -> None:
    deadline = time.monotonic() + 300
    while line not in made.output.read_text(errors="replace"):
        assert made.process.poll() is None and time.monotonic() < deadline, made.output.read_text(errors="replace")
        time.sleep(0.05)


@pytest.mark.parametrize("line", STEPS)
def test_a_start_killed_after_a_step_is_completed_by_the_next(tmp_path: Path, line: str) -> None:
    first = start_installation(tmp_path)
    wait_for_line(first, line)
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    second = start_installation(tmp_path, again=first)
    try:
        wait_for_summary(second)
        _everything_is_there_once(second)
    finally:
        second.process.send_signal(signal.SIGINT)
        second.process.wait(timeout=60)


def _everything_is_there_once(made: Installation) -> None:
    summary, books = made.summary, made.books()
    assert summary["accounts"]["stripe/eu"]["charges"] == len(books["charges"])
    documents = json.loads(made.command("documents", "list", "--json", "--limit", "1000").stdout)
    numbers = [document["number"] for document in documents]
    assert (
        len(numbers) == len(set(numbers)) == len({document["charge_id"] + document["kind"] for document in documents})
    )
    sent = [
        refund["metadata"].get("counterfoil_request_id")
        for charge in books["charges"].values()
        for refund in charge["refunds"]
        if refund["metadata"].get("counterfoil_request_id")
    ]
    assert len(sent) == len(set(sent)) >= 1
    assert summary["audit"]["is_intact"], summary["audit"]
