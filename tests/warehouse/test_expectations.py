"""Great Expectations on what landed, in a process of its own, as the flow runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from counterfoil.paths import Paths
from tests.warehouse.landed import charge, land, page

EXAMPLE = Path(__file__).resolve().parents[2] / "counterfoil.example.toml"


def test_a_batch_is_validated_and_its_pages_are_written(paths: Paths) -> None:
    land(paths, "charges", page(*(charge(f"ch_{n}") for n in range(9)), charge("ch_bad", status="wobbly")))
    settings = paths.var.parent / "counterfoil.toml"
    settings.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-m", "warehouse.expectations", "--account", "stripe/eu"]
    environ = {**os.environ, "COUNTERFOIL_SETTINGS": str(settings)}
    ran = subprocess.run(command, env=environ, capture_output=True, check=True, text=True)
    told = json.loads(ran.stdout)
    (charges,) = told["resources"]
    assert not told["is_as_expected"]
    assert charges["rows"] == 10
    assert charges["failed"] == ["status: column values to be in set does not hold for 1 rows"]
    assert (paths.data_docs / "index.html").is_file()
