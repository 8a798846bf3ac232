"""Building what changed, in whatever order it changes, gives the tables that building everything gives."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from tests.warehouse.landed import ZONE, charge, everything, land, later, page, rows
from tests.warehouse.random_changes import World
from warehouse.build import build
from warehouse.load import load_landed
from warehouse.publish import publish
from warehouse.published import PublishedFile

ROW_BY_ROW = {
    "marts.charge_facts",
    "marts.charge_search",
    "marts.customer_people",
    "marts.customer_timeline",
    "marts.failed_payments",
    "marts.money_returned",
    "marts.mrr_movements",
    "marts.payments_without_document",
    "marts.people",
    "marts.revenue_by_day",
}

HALF_WAY = frozenset({"canonical.charges", "canonical.customers", "marts.customer_people"})


def refreshed(paths: Paths, minute: int, *, only_changes: bool) -> dict[str, str]:
    load_landed(paths)
    built = build(paths, reporting_time_zone=ZONE).built
    assert not publish(paths, now=later(minute), only_changes=only_changes).is_blocked
    return built


@pytest.mark.parametrize(
    ("seed", "rounds"), [(1, 1), pytest.param(2, 6, marks=pytest.mark.long), pytest.param(3, 6, marks=pytest.mark.long)]
)
def test_random_changes_built_step_by_step_equal_a_full_rebuild(
    built: Paths, tmp_path: Path, seed: int, rounds: int
) -> None:
    world = World(built, seed)
    world.step(60)
    refreshed(built, 1, only_changes=False)
    how: set[tuple[str, str]] = set()
    for minute in range(rounds):
        world.step(10)
        if minute % 2:
            # A build that ended half way, and a change that was built and not published.
            load_landed(built)
            how |= set(build(built, reporting_time_zone=ZONE, only=HALF_WAY).built.items())
            world.step(3)
            load_landed(built)
            how |= set(build(built, reporting_time_zone=ZONE).built.items())
        how |= set(refreshed(built, minute + 2, only_changes=True).items())
    row_by_row = {name for name, what in how if what == "changed rows"} & ROW_BY_ROW
    assert row_by_row == ROW_BY_ROW if rounds > 2 else row_by_row
    assert not {name for name, what in how if what == "whole"} & ROW_BY_ROW
    # The files are the same whether they were made from what changed or from everything.
    whole = Paths(Path(shutil.copytree(built.landing, tmp_path / "whole" / "landing")).parent)
    refreshed(whole, rounds + 1, only_changes=False)
    assert everything(built) == everything(whole)
    assert published(built) == published(whole)
    assert rows(built, "SELECT count(*) > 0 FROM marts.customer_timeline") == [(True,)]


def published(paths: Paths) -> dict[str, list[str]]:
    """Every table of the published file but the name of the file itself."""
    file = PublishedFile(paths.published)
    names = file.rows(
        "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() WHERE table_name <> 'as_of' ORDER BY ALL"
    )
    found = {row["name"]: sorted(map(str, file.rows(f"FROM {row['name']}"))) for row in names}
    found["marts.check_results"] = [
        str((row["name"], row["rows"])) for row in file.rows("FROM marts.check_results ORDER BY name")
    ]
    file.close()
    return found


def test_a_charge_that_was_taken_away_from_the_tables_is_noticed_when_it_changes_again(built: Paths) -> None:
    land(built, "charges", page(charge("ch_1"), charge("ch_2")))
    refreshed(built, 1, only_changes=False)
    rows(built, "DELETE FROM canonical.charges WHERE charge_id = 'ch_2'")
    land(built, "charges", page(charge("ch_1", amount=7)), seen_at=later(1))
    load_landed(built)
    build(built, reporting_time_zone=ZONE)
    report = publish(built, now=later(2), only_changes=True)
    assert report.is_blocked
    assert "canonical_rows_lost" in {check.name for check in report.checks if check.is_blocking}


def test_checks_of_a_gateway_whose_rows_did_not_change_keep_their_result(built: Paths) -> None:
    land(built, "charges", page(charge("ch_1")))
    refreshed(built, 1, only_changes=False)
    # Nobody but the build writes these tables: a result that is kept shows by not seeing what was done behind its back.
    rows(
        built,
        "INSERT INTO canonical.charges BY NAME SELECT 'paypal' AS gateway, 'paypal/eu' AS account, 'x' AS charge_id",
    )
    land(built, "products", page(PRODUCT), seen_at=later(1))
    load_landed(built)
    build(built, reporting_time_zone=ZONE)
    faults = {check.name for check in publish(built, now=later(2), only_changes=True).checks if check.rows}
    assert "totals_differ_paypal" not in faults
    assert "totals_differ_paypal" in {check.name for check in publish(built, now=later(3)).checks if check.rows}


def test_without_its_last_file_a_change_is_published_whole(built: Paths) -> None:
    land(built, "charges", page(charge("ch_1")))
    refreshed(built, 1, only_changes=False)
    for path in built.published.iterdir():
        path.unlink()
    land(built, "charges", page(charge("ch_2")), seen_at=later(1))
    refreshed(built, 2, only_changes=True)
    assert PublishedFile(built.published).rows("SELECT count(*) AS n FROM canonical.charges") == [{"n": 2}]


def test_the_logs_are_emptied_once_everybody_has_taken_them_in(built: Paths) -> None:
    land(built, "charges", page(charge("ch_1")))
    refreshed(built, 1, only_changes=False)
    land(built, "charges", page(charge("ch_1", amount=7)), seen_at=later(1))
    refreshed(built, 2, only_changes=True)
    assert rows(built, "SELECT amount_minor FROM changes.canonical_charges ORDER BY 1") == [(7,), (1000,)]
    build(built, reporting_time_zone=ZONE)
    assert rows(built, "SELECT count(*) FROM changes.canonical_charges") == [(0,)]


PRODUCT = {"id": "prod_1", "object": "product", "name": "Tea", "active": True, "created": 1_780_000_000}
