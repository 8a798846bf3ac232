"""A hint is done only when its object has landed; a bad one is set aside; one account never holds back another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.errors import Unavailable
from connectors.gateway import Gateway, Page, Reader
from connectors.gateways.stripe import GATEWAY
from flows.ingest.hints import handle

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
