"""Imported batches on their way to landing: in order, once, and nothing is lost by a kill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from counterfoil.paths import Paths
from dashboards.import_batches import put_batch
from flows.ingest import imports
from flows.ingest.imports import land_imports
from tests.warehouse.landed import rows
from warehouse.build import build
from warehouse.landing import landed_files
from warehouse.load import load_landed

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ACCOUNT = "custom/shop"


def put(paths: Paths, name: str, *, minute: int = 0, **more: object) -> None:
    product = [{"id": "prod_1", "name": name, **more}]
    put_batch(paths.inbox, ACCOUNT, "products", orjson.dumps(product), product, NOW + timedelta(minutes=minute))


def canonical(paths: Paths) -> list[tuple[object, ...]]:
    load_landed(paths)
    build(paths, reporting_time_zone="Europe/Berlin", only=frozenset({"canonical.products"}))
    return rows(paths, "SELECT product_id, name FROM canonical.products")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


def test_a_batch_is_landed_once_and_reaches_the_canonical_table(paths: Paths) -> None:
    put(paths, "The paper")
    report = land_imports(paths.inbox, paths.landing)
    assert (report.batches, report.landed) == (1, {ACCOUNT: 1})
    assert land_imports(paths.inbox, paths.landing).batches == 0
    put(paths, "The paper")
    assert land_imports(paths.inbox, paths.landing).batches == 0
    assert canonical(paths) == [("prod_1", "The paper")]


def test_the_batch_that_came_last_counts(paths: Paths) -> None:
    put(paths, "First")
    put(paths, "Second", minute=1)
    land_imports(paths.inbox, paths.landing)
    assert canonical(paths) == [("prod_1", "Second")]


def test_an_older_version_that_comes_last_does_not_count(paths: Paths) -> None:
    put(paths, "Newer", updated_at="2026-11-22T10:00:00Z")
    put(paths, "Older", minute=1, updated_at="2026-11-21T10:00:00Z")
    land_imports(paths.inbox, paths.landing)
    assert canonical(paths) == [("prod_1", "Newer")]


def test_a_time_that_is_still_to_come_does_not_stop_later_versions(paths: Paths) -> None:
    put(paths, "From the future", updated_at="2099-01-01T00:00:00Z")
    put(paths, "Later", minute=1, updated_at="2026-11-23T09:00:30Z")
    land_imports(paths.inbox, paths.landing)
    assert canonical(paths) == [("prod_1", "Later")]


def test_a_kill_between_landing_and_done_lands_it_twice_and_changes_nothing(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(paths, "The paper")
    with monkeypatch.context() as patch:
        patch.setattr(imports, "_move", _killed)
        with pytest.raises(SystemExit):
            land_imports(paths.inbox, paths.landing)
    land_imports(paths.inbox, paths.landing)
    assert len(landed_files(paths.landing)) == 2
    assert canonical(paths) == [("prod_1", "The paper")]


def _killed(path: Path, folder: str) -> None:
    raise SystemExit


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"account": "custom/shop"}', b'{"received_at": 7, "data": []}'])
def test_a_file_that_is_no_batch_is_put_away_and_the_rest_goes_on(paths: Paths, body: bytes) -> None:
    put(paths, "The paper")
    odd = paths.inbox / "import" / "custom-shop" / "products-odd.json"
    odd.write_bytes(body)
    report = land_imports(paths.inbox, paths.landing)
    assert (report.batches, report.unreadable) == (1, 1)
    assert (odd.parent / "refused" / odd.name).read_bytes() == body
