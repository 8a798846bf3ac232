from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from tests.warehouse.landed import ZONE
from warehouse.build import build


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """An installation with nothing in it."""
    return Paths(tmp_path / "var")


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation without data whose models are built: making some hundred views takes a second."""
    paths = Paths(tmp_path_factory.mktemp("built") / "var")
    build(paths, reporting_time_zone=ZONE)
    return paths.var


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> Paths:
    """A copy of it."""
    return Paths(Path(shutil.copytree(built_once, tmp_path / "var")))
