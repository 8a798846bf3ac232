"""`counterfoil up` killed with -9 in the middle of the main job: the next start goes on, nothing twice or lost."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import READY_WITHIN_S, Installation, start_installation, wait_for_summary

pytestmark = pytest.mark.long

STEPS = (
    "✓ Pull the gateways' history",
    "✓ Load, build, check and publish",
    "✓ Issue the documents",
    "✓ action-worker is ready",
)


def wait_for_line(made: Installation, line: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while line not in made.output.read_text(errors="replace"):
        assert made.process.poll() is None and time.monotonic() < deadline, made.output.read_text(errors="replace")
        time.sleep(0.05)


@pytest.mark.parametrize("line", STEPS)
def test_a_start_killed_after_a_step_is_completed_by_the_next(tmp_path: Path, line: str) -> None:
    first = start_installation(tmp_path)
    wait_for_line(first, line)
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    again_at = datetime.now(UTC)
    second = start_installation(tmp_path, again=first)
    try:
        wait_for_summary(second)
        _everything_is_there_once(second)
        assert _under_way_since_before(second, again_at) == []
    finally:
        second.process.send_signal(signal.SIGINT)
        second.process.wait(timeout=60)


def _everything_is_there_once(made: Installation) -> None:
    summary, books = made.summary, made.books()
    assert summary["accounts"]["stripe/eu"]["charges"] == len(books["charges"])
    documents = json.loads(made.command("documents", "list", "--json", "--limit", "1000").stdout)
    numbers = [document["number"] for document in documents]
    invoiced = [document["charge_id"] for document in documents if document["kind"] == "invoice"]
    assert len(numbers) == len(set(numbers)) and len(invoiced) == len(set(invoiced))
    # A charge has a credit note for each of its refunds.
    credited: Counter[str] = Counter()
    for document in documents:
        if document["kind"] == "credit_note" and document["charge_id"] in books["charges"]:
            credited[document["charge_id"]] += document["total_minor"]
    assert credited and not [one for one, total in credited.items() if total > books["charges"][one]["refunded"]]
    sent = [
        refund["metadata"].get("counterfoil_request_id")
        for charge in books["charges"].values()
        for refund in charge["refunds"]
        if refund["metadata"].get("counterfoil_request_id")
    ]
    assert len(sent) == len(set(sent)) >= 1
    assert summary["audit"]["is_intact"], summary["audit"]


def _under_way_since_before(made: Installation, moment: datetime) -> list[str]:
    """Names of batch runs that Prefect still shows as running although their worker was killed."""
    under_way: dict[str, Any] = {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}
    under_way["expected_start_time"] = {"before_": moment.isoformat()}
    body = {"flow_runs": under_way, "work_pools": {"name": {"any_": ["batch"]}}}
    rows = httpx.post(f"{made.prefect}/flow_runs/filter", json=body, timeout=30).raise_for_status().json()
    return [row["name"] for row in rows]
