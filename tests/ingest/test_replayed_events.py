"""A day's events, delivered again in another order: canonical tables and marts stay as they are, row by row."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest

from connectors.gateway import AccountAccess, Gateway, Reader
from connectors.registry import gateway
from counterfoil.paths import Paths
from dashboards.inbox import Hint, put_hint
from flows.ingest.hints import handle
from flows.ingest.pulling import pull
from sandbox.standin.settings import Scope
from sandbox.stripe.running import Running, running
from warehouse.build import build
from warehouse.connection import open_warehouse
from warehouse.load import load_landed
from warehouse.publish import publish

ACCOUNT = "stripe/eu"
KEY = "sk_test_sandbox"
ARRIVAL = ("seen_at", "load_number")


@contextmanager
def opened(url: str) -> Iterator[tuple[Gateway, Reader]]:
    reader = gateway("stripe").open_reader(AccountAccess(ACCOUNT, url, KEY))
    try:
        yield gateway("stripe"), reader
    finally:
        reader.close()


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Running]:
    with running(scope=Scope(scale="tiny")) as started:
        yield started


def test_a_days_events_again_leave_every_row_the_same(stand_in: Running, built: Paths) -> None:
    paths, begun = built, datetime.now(UTC)
    with opened(stand_in.url) as (stripe, reader):
        pull(stripe, reader, ACCOUNT, paths.landing, now=begun, say=lambda _: None)
        refresh(paths)
        _refund_some(stand_in.url)
        events = sorted(set(reader.changed(begun - timedelta(days=1))))
    assert len(events) > 5
    deliver(paths, stand_in.url, events, "first")
    once = tables(paths)
    assert any("requested_by_customer" in row for row in once["canonical.refunds"])

    # What was done is forgotten, so that each event counts as new; each comes twice, the later one first.
    shutil.rmtree(paths.inbox)
    again = [*reversed(events), *events]
    Random(1).shuffle(again)
    deliver(paths, stand_in.url, again, "again")
    assert tables(paths) == once


def deliver(paths: Paths, url: str, events: list[tuple[str, str]], name: str) -> None:
    """Note the events as the web service does, some at a time, and handle, load, build and publish them."""
    for start in range(0, len(events), 25):
        for number, (resource, object_id) in enumerate(events[start : start + 25]):
            hint = Hint(ACCOUNT, f"{name}-{start}-{number}", resource, object_id, datetime.now(UTC).isoformat())
            assert put_hint(paths.inbox, hint)
        report = handle(paths.inbox, paths.landing, lambda _: opened(url))
        assert report.failed == {}
        refresh(paths, only_changes=True)


def refresh(paths: Paths, *, only_changes: bool = False) -> None:
    load_landed(paths)
    build(paths, reporting_time_zone="Europe/Berlin")
    assert not publish(paths, now=datetime.now(UTC), only_changes=only_changes).is_blocked


def _refund_some(url: str) -> None:
    """Three charges are refunded, so that the day has events."""
    client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {KEY}"})
    charges = client.get("/v1/charges", params={"limit": "100"}).json()["data"]
    answers: list[bool] = []
    for one in charges:
        wanted = {"charge": one["id"], "amount": "100", "reason": "requested_by_customer"}
        if one["status"] == "succeeded" and sum(answers) < 3:
            answers.append(client.post("/v1/refunds", data=wanted).status_code == 200)
    assert sum(answers) == 3
    client.close()


def tables(paths: Paths) -> dict[str, list[str]]:
    """Every row of the canonical tables and marts as text, without when it arrived."""
    with open_warehouse(paths) as connection:
        names = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
            " WHERE database_name = current_database() AND schema_name IN ('canonical', 'marts') ORDER BY ALL"
        ).fetchall()
        found = {}
        for (name,) in names:
            rows = connection.execute(f"FROM {name}")
            columns = [column[0] for column in rows.description or []]
            found[name] = sorted(
                json.dumps({k: v for k, v in zip(columns, row, strict=True) if k not in ARRIVAL}, default=str)
                for row in rows.fetchall()
            )
    return found
