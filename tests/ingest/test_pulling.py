"""A pull loses nothing: not when it is killed, not when objects change later, not when an account is down."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.gateway import AccountAccess, Page, Reader
from connectors.gateways.stripe import GATEWAY
from flows.ingest import pulling
from flows.ingest.progress import Progress, ResourceProgress
from flows.ingest.pulling import land_objects, pull
from sandbox.stripe.running import Running, running
from sandbox.stripe.settings import Scope, Settings
from warehouse import landing as landing_files

ACCOUNT = "stripe/eu"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def shop() -> Iterator[Running]:
    with running(None, Scope(seed=7, months=12, scale="small", today=datetime.now(UTC).date()), Settings()) as found:
        yield found


@pytest.fixture
def reader(shop: Running) -> Iterator[Reader]:
    opened = GATEWAY.open_reader(AccountAccess(ACCOUNT, shop.url, "sk_test_sandbox"))
    yield opened
    opened.close()


def landed_ids(landing: Path, resource: str) -> list[str]:
    found = []
    for path in sorted((landing / ACCOUNT / resource).glob("*.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            answer = json.loads(line)
            found += [row["id"] for row in answer["data"]] if answer["object"] == "list" else [answer["id"]]
    return found


def true_charges(shop: Running) -> set[str]:
    return set(shop.control("GET", "books")["charges"])


def ignore(text: str) -> None:
    pass


def test_everything_of_the_gateway_lands_once(shop: Running, reader: Reader, tmp_path: Path) -> None:
    report = pull(GATEWAY, reader, ACCOUNT, tmp_path, now=NOW, say=ignore)
    ids = landed_ids(tmp_path, "charges")
    assert set(ids) >= true_charges(shop)
    assert len(ids) == len(set(ids)) == report.rows["charges"]


class Broken:
    """A reader that fails in the middle of one resource, as a killed process would."""

    def __init__(self, inner: Reader, resource: str, after_pages: int) -> None:
        self._inner, self._resource, self._after = inner, resource, after_pages

    def pages(self, resource: str, *, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        for number, page in enumerate(self._inner.pages(resource, since=since, cursor=cursor)):
            if resource == self._resource and number == self._after:
                raise ConnectionResetError("killed here")
            yield page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_an_interrupted_pull_goes_on_and_misses_nothing(
    shop: Running, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "SAVE_EVERY_ROWS", 1)
    monkeypatch.setattr(landing_files, "FULL_BYTES", 1)
    broken: Any = Broken(reader, "charges", 1)
    with pytest.raises(ConnectionResetError):
        pull(GATEWAY, broken, ACCOUNT, tmp_path, now=NOW, say=ignore)
    progress = Progress(tmp_path, ACCOUNT).of("charges")
    assert progress.cursor is not None and progress.complete_up_to is None
    pull(GATEWAY, reader, ACCOUNT, tmp_path, now=NOW + timedelta(hours=1), say=ignore)
    ids = landed_ids(tmp_path, "charges")
    assert set(ids) >= true_charges(shop)
    assert len(ids) == len(set(ids))
    # What was made while the pull lay still is not behind its cursor, so the next pull begins where the first one did.
    assert Progress(tmp_path, ACCOUNT).of("charges").mark == NOW


def test_a_later_pull_reads_only_what_changed(shop: Running, reader: Reader, tmp_path: Path) -> None:
    first = pull(GATEWAY, reader, ACCOUNT, tmp_path, now=datetime.now(UTC), say=ignore)
    charge = next(
        row["id"]
        for row in httpx.get(f"{shop.url}/v1/charges?limit=100", auth=("sk_test_sandbox", "")).json()["data"]
        if row["status"] == "succeeded" and row["captured"] and not row["refunded"] and not row["disputed"]
    )
    made = httpx.post(f"{shop.url}/v1/refunds", auth=("sk_test_sandbox", ""), data={"charge": charge, "amount": "50"})
    assert made.status_code == 200, made.text
    second = pull(GATEWAY, reader, ACCOUNT, tmp_path, now=datetime.now(UTC) + timedelta(minutes=1), say=ignore)
    assert landed_ids(tmp_path, "charges").count(charge) == 2
    assert made.json()["id"] in landed_ids(tmp_path, "refunds")
    assert sum(second.rows.values()) < sum(first.rows.values()) / 10


def test_objects_that_the_gateway_does_not_know_are_left_out(reader: Reader, tmp_path: Path) -> None:
    assert land_objects(reader, ACCOUNT, [("charges", "ch_unknown")], tmp_path) == 0
    assert list(tmp_path.rglob("*.gz")) == []


def test_progress_survives_and_says_where_it_stands(tmp_path: Path) -> None:
    Progress(tmp_path, ACCOUNT).save("charges", ResourceProgress("ch_9", NOW.isoformat(), None))
    again = Progress(tmp_path, ACCOUNT)
    assert again.of("charges") == ResourceProgress("ch_9", NOW.isoformat(), None)
    assert again.of("refunds") == ResourceProgress()
    assert list(tmp_path.rglob("*.tmp")) == []


def test_after_more_than_the_gateway_remembers_everything_is_read_again(
    shop: Running, reader: Reader, tmp_path: Path
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=60)
    first = pull(GATEWAY, reader, ACCOUNT, tmp_path, now=long_ago, say=ignore)
    said: list[str] = []
    second = pull(GATEWAY, reader, ACCOUNT, tmp_path, now=datetime.now(UTC), say=said.append)
    assert any("everything is read again" in text for text in said)
    assert second.rows["charges"] == first.rows["charges"]


def test_a_cursor_whose_object_is_gone_begins_again(shop: Running, reader: Reader, tmp_path: Path) -> None:
    Progress(tmp_path, ACCOUNT).save("charges", ResourceProgress("ch_gone", NOW.isoformat(), None))
    pull(GATEWAY, reader, ACCOUNT, tmp_path, now=NOW, say=ignore)
    assert set(landed_ids(tmp_path, "charges")) >= true_charges(shop)
