"""Kill -9 at any step of a load, run again: exactly the rows of a load that nobody killed."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from tests.spread import others_long
from tests.warehouse.landed import ZONE, charge, customer, everything, land, later, page, rows
from warehouse.build import build
from warehouse.load import load_landed

STEPS = {
    "bad_rows_set_aside": "warehouse.load.rows_to_merge",
    "package_normalised": "dlt.Pipeline.load",
    "in_the_middle_of_the_merge": "dlt.destinations.impl.duckdb.sql_client.DuckDbSqlClient.execute_many",
    "merged_but_not_noted": "warehouse.load._note_as_loaded",
}
WORST = {"in_the_middle_of_the_merge", "merged_but_not_noted"}
"""Half of the rows are there, or all of them and nobody knows. The others are among the long tests."""

_KILLED = """
import importlib, os, pathlib, signal, sys
import dlt, dlt.destinations.impl.duckdb.sql_client
import warehouse.load
from counterfoil.paths import Paths

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

target, _, name = sys.argv[2].rpartition(".")
parts = target.split(".")
for length in range(len(parts), 0, -1):
    try:
        owner = importlib.import_module(".".join(parts[:length]))
        break
    except ModuleNotFoundError:
        continue
for part in parts[length:]:
    owner = getattr(owner, part)
assert hasattr(owner, name)
setattr(owner, name, die)
warehouse.load.load_landed(Paths(pathlib.Path(sys.argv[1])))
"""


@dataclass(frozen=True)
class Prepared:
    """An installation with one round loaded and another one landed, and what a load without a kill makes of it."""

    var: Path
    expected: dict[str, list[str]]


@pytest.fixture(scope="module")
def prepared(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    paths = Paths(Path(shutil.copytree(built_once, tmp_path_factory.mktemp("prepared") / "var")))
    land(paths, "customers", page(customer("cus_1")))
    land(paths, "charges", page(*(charge(f"ch_{n}") for n in range(50)), charge("ch_bad", amount=0.5)))
    load_landed(paths)
    build(paths, reporting_time_zone=ZONE)
    land(paths, "customers", page(customer("cus_1", email="new@example.com")), seen_at=later(1))
    changed = (charge(f"ch_{n}", amount=7, customer="cus_1") for n in range(40, 60))
    land(paths, "charges", page(*changed), seen_at=later(1))
    untouched = Paths(Path(shutil.copytree(paths.var, paths.var.with_name("untouched"))))
    load_landed(untouched)
    build(untouched, reporting_time_zone=ZONE)
    return Prepared(paths.var, everything(untouched))


@pytest.mark.parametrize("step", others_long(STEPS, kept=WORST))
def test_a_killed_load_is_made_good_by_the_next(prepared: Prepared, tmp_path: Path, step: str) -> None:
    paths = Paths(Path(shutil.copytree(prepared.var, tmp_path / "var")))
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(paths.var), STEPS[step]], check=False)
    assert killed.returncode == -signal.SIGKILL
    # A build between the kill and the next load must not hide rows from a later build.
    build(paths, reporting_time_zone=ZONE)
    load_landed(paths)
    build(paths, reporting_time_zone=ZONE)
    assert everything(paths) == prepared.expected
    assert rows(paths, "SELECT count(*) FROM meta.quarantine") == [(1,)]
