"""A hint is done only when its object has landed; a bad one is set aside; one account never holds back another."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.errors import GatewayError, Unavailable, UnexpectedShape
from connectors.gateway import Gateway, Page, Reader
from connectors.gateways.stripe import GATEWAY
from flows.ingest.hints import AT_ONCE, InboxReport, handle

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class OneCharge:
    """A gateway that knows one charge."""

    def __init__(self) -> None:
        self.fetched: list[tuple[str, str]] = []

    def fetch(self, resource: str, object_id: str) -> Page | None:
        self.fetched.append((resource, object_id))
        body = json.dumps({"id": object_id, "object": "charge"}).encode()
        return Page(resource, body, 1, NOW, None) if object_id == "ch_1" else None


def put(inbox: Path, name: str, account: str, resource: str = "charges", object_id: str = "ch_1") -> Path:
    path = inbox / account.replace("/", "-") / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    hint = {"account": account, "event_id": name, "resource": resource, "object_id": object_id, "received_at": ""}
    path.write_text(json.dumps(hint))
    return path


def opener(readers: dict[str, Any]) -> Any:
    @contextmanager
    def open_reader(account: str) -> Iterator[tuple[Gateway, Reader]]:
        if readers[account] is None:
            raise Unavailable("The gateway does not answer.")
        yield GATEWAY, readers[account]

    return open_reader


def test_many_hints_of_one_object_are_one_fetch(tmp_path: Path) -> None:
    shop = OneCharge()
    for name in ("a", "b", "c"):
        put(tmp_path / "inbox", name, "stripe/eu")
    report = handle(tmp_path / "inbox", tmp_path / "landing", opener({"stripe/eu": shop}))
    assert shop.fetched == [("charges", "ch_1")]
    assert report.handled == 3
    assert len(list((tmp_path / "inbox" / "stripe-eu" / "done").iterdir())) == 3
    assert len(list((tmp_path / "landing").rglob("*.gz"))) == 1


def test_an_account_that_is_down_keeps_its_hints_and_the_others_go_on(tmp_path: Path) -> None:
    waiting = put(tmp_path / "inbox", "a", "stripe/eu")
    handled = put(tmp_path / "inbox", "b", "stripe/us")
    readers = {"stripe/eu": None, "stripe/us": OneCharge()}
    report = handle(tmp_path / "inbox", tmp_path / "landing", opener(readers))
    assert waiting.exists() and not handled.exists()
    assert report.failed == {"stripe/eu": "The gateway does not answer."}


def test_what_is_no_hint_is_set_aside(tmp_path: Path) -> None:
    path = put(tmp_path / "inbox", "a", "stripe/eu")
    path.write_text("{")
    report = handle(tmp_path / "inbox", tmp_path / "landing", opener({}))
    assert report.unreadable == 1
    assert (path.parent / "refused" / "a.json").exists()


def test_a_hint_of_a_resource_that_is_not_read_is_done_without_a_fetch(tmp_path: Path) -> None:
    shop = OneCharge()
    put(tmp_path / "inbox", "a", "stripe/eu", resource="radar_reviews")
    report = handle(tmp_path / "inbox", tmp_path / "landing", opener({"stripe/eu": shop}))
    assert (report.handled, shop.fetched) == (1, [])


class Shop(OneCharge):
    """Knows every charge but those that it is told to fail on."""

    def __init__(self, **faults: GatewayError) -> None:
        super().__init__()
        self.faults = faults

    def fetch(self, resource: str, object_id: str) -> Page | None:
        self.fetched.append((resource, object_id))
        if object_id in self.faults:
            raise self.faults[object_id]
        return Page(resource, json.dumps({"id": object_id, "object": "charge"}).encode(), 1, NOW, None)


def test_an_object_that_cannot_be_read_keeps_its_hint_and_the_others_go_on(tmp_path: Path) -> None:
    shop = Shop(ch_1=UnexpectedShape("The answer is HTML."))
    bad = put(tmp_path / "inbox", "a", "stripe/eu", object_id="ch_1")
    good = put(tmp_path / "inbox", "b", "stripe/eu", object_id="ch_2")
    report = handle(tmp_path / "inbox", tmp_path / "landing", opener({"stripe/eu": shop}))
    assert bad.exists() and not good.exists()
    assert report.landed == {"stripe/eu": 1}
    assert report.failed == {"stripe/eu": "charges ch_1: The answer is HTML."}


def test_what_stays_is_tried_again_by_the_next_run(tmp_path: Path) -> None:
    for number in range(30):
        put(tmp_path / "inbox", f"e{number:02d}", "stripe/eu", object_id=f"ch_{number:02d}")
    shop = Shop(ch_25=Unavailable("The gateway went away."))
    first = handle(tmp_path / "inbox", tmp_path / "landing", opener({"stripe/eu": shop}))
    assert (first.handled, len(first.failed)) == (29, 1)
    shop.faults.clear()
    again = handle(tmp_path / "inbox", tmp_path / "landing", opener({"stripe/eu": shop}))
    assert (again.handled, again.failed) == (1, {})
    assert not list((tmp_path / "inbox" / "stripe-eu").glob("*.json"))


def test_a_gateway_that_is_away_is_not_asked_for_every_object(tmp_path: Path) -> None:
    faults = {f"ch_{number:02d}": Unavailable("Away.") for number in range(100)}
    for object_id in faults:
        put(tmp_path / "inbox", object_id, "stripe/eu", object_id=object_id)
    shop = Shop(**faults)
    handle(tmp_path / "inbox", tmp_path / "landing", opener({"stripe/eu": shop}))
    assert len(shop.fetched) <= AT_ONCE


def test_two_runs_at_once_fetch_each_object_once(tmp_path: Path) -> None:
    for number in range(50):
        put(tmp_path / "inbox", f"e{number:02d}", "stripe/eu", object_id=f"ch_{number:02d}")
    shop = Shop()
    reports: list[InboxReport] = []

    def run() -> None:
        reports.append(handle(tmp_path / "inbox", tmp_path / "landing", opener({"stripe/eu": shop})))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.handled for report in reports) == [0, 0, 50]
    assert len(shop.fetched) == len(set(shop.fetched)) == 50


def test_a_run_that_is_killed_before_it_marked_a_hint_as_done_fetches_it_once_more(tmp_path: Path) -> None:
    inbox, landing = tmp_path / "inbox", tmp_path / "landing"
    waiting = put(inbox, "a", "stripe/eu")
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(inbox), str(landing)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert waiting.exists()
    assert len(list(landing.rglob("*.gz"))) == 1
    report = handle(inbox, landing, opener({"stripe/eu": OneCharge()}))
    assert (report.handled, waiting.exists()) == (1, False)


_KILLED = """
import os, pathlib, signal, sys
import flows.ingest.hints as hints
from tests.ingest.test_hints import OneCharge, opener

hints._move = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
hints.handle(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), opener({"stripe/eu": OneCharge()}))
"""
