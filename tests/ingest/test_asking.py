"""Many who ask for a refresh get one run under way and one that waits, and nobody's change is left out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from counterfoil.queue import Queue
from counterfoil.turns import Turn, ask
from dashboards.inbox import INBOX, Bell
from flows.ingest.asking import asked_for_refresh
from tests.actions.stand import wait_for
from tests.dashboards.prefect_stand_in import PrefectStandIn, running_prefect

WANTED = "carry-out/carry-out"
"""The one deployment that the stand-in has; its name means nothing here."""
CLOSED = "http://127.0.0.1:9/api"


@pytest.fixture(scope="module")
def served() -> Iterator[PrefectStandIn]:
    with running_prefect() as prefect:
        yield prefect


@pytest.fixture
def prefect(served: PrefectStandIn) -> PrefectStandIn:
    served.runs.clear()
    return served


@pytest.fixture
def queue(prefect: PrefectStandIn) -> Iterator[Queue]:
    opened = Queue(f"http://127.0.0.1:{prefect.port}/api", patience_s=2)
    yield opened
    opened.close()


@pytest.fixture
def turn(tmp_path: Path) -> Turn:
    return Turn(Paths(tmp_path), "refresh-warehouse")


def test_all_who_ask_before_a_run_begins_get_the_same_run(queue: Queue, turn: Turn, prefect: PrefectStandIn) -> None:
    assert len({ask(queue, turn, WANTED, {}) for _ in range(5)}) == 1
    assert len(prefect.runs) == 1


def test_while_one_is_under_way_one_waits(queue: Queue, turn: Turn, prefect: PrefectStandIn) -> None:
    first = ask(queue, turn, WANTED, {})
    turn.begin()
    prefect.move(first, "RUNNING", "Running", "")
    second = {ask(queue, turn, WANTED, {}) for _ in range(5)}
    assert len(second) == 1
    assert first not in second


def test_a_run_that_ended_before_it_began_is_not_waited_for(queue: Queue, turn: Turn, prefect: PrefectStandIn) -> None:
    lost = ask(queue, turn, WANTED, {})
    prefect.move(lost, "CANCELLED", "Cancelled", "Somebody stopped it in Prefect's pages.")
    assert ask(queue, turn, WANTED, {}) != lost


def test_each_who_asks_is_seen_by_a_worker_on_this_host(queue: Queue, turn: Turn) -> None:
    assert not turn.bell.exists()
    ask(queue, turn, WANTED, {})
    assert turn.bell.exists()


def test_where_prefect_is_away_nothing_fails(tmp_path: Path) -> None:
    queue = Queue(CLOSED, patience_s=0.1)
    assert asked_for_refresh(queue, Paths(tmp_path), "stripe/eu") is None
    Bell(queue, Paths(tmp_path), INBOX).ring()
    wait_for("the bell", lambda: not [thread for thread in threading.enumerate() if thread.name == "bell"], 10)
    queue.close()


def test_a_burst_of_webhooks_is_one_run(queue: Queue, tmp_path: Path, prefect: PrefectStandIn) -> None:
    bell = Bell(queue, Paths(tmp_path), "carry-out")
    for _ in range(40):
        bell.ring()
    wait_for("the run", lambda: len(prefect.runs) == 1, 10)
    wait_for("the bell", lambda: not [thread for thread in threading.enumerate() if thread.name == "bell"], 10)
    assert len(prefect.runs) == 1
    # The run begins: what comes now needs another one.
    Turn(Paths(tmp_path), "carry-out").begin()
    bell.ring()
    wait_for("the run", lambda: len(prefect.runs) == 2, 10)
