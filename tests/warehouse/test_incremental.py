"""Building what changed, in whatever order it changes, gives the tables that building everything gives."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from tests.warehouse.landed import ZONE, everything, rows
from tests.warehouse.random_changes import World
from warehouse.build import build
from warehouse.load import load_landed

ROW_BY_ROW = {
    "marts.charge_facts",
    "marts.charge_search",
    "marts.customer_people",
    "marts.customer_timeline",
    "marts.payments_without_document",
    "marts.people",
    "marts.revenue_by_day",
}


def refreshed(paths: Paths) -> dict[str, str]:
    load_landed(paths)
    return build(paths, reporting_time_zone=ZONE).built


@pytest.mark.parametrize("seed", [1, 2])
def test_random_changes_built_step_by_step_equal_a_full_rebuild(built: Paths, tmp_path: Path, seed: int) -> None:
    world = World(built, seed)
    world.step(60)
    refreshed(built)
    how: set[tuple[str, str]] = set()
    for _ in range(4):
        world.step(10)
        how |= set(refreshed(built).items())
    assert {name for name, what in how if what == "changed rows"} >= ROW_BY_ROW
    assert not {name for name, what in how if what == "whole"} & ROW_BY_ROW
    # The file is the same whether its models were built from what changed or from everything.
    whole = Paths(Path(shutil.copytree(built.landing, tmp_path / "whole" / "landing")).parent)
    refreshed(whole)
    assert everything(built) == everything(whole)
    assert rows(built, "SELECT count(*) > 0 FROM marts.customer_timeline") == [(True,)]
