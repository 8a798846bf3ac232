"""How the suite is spread over the cores: tests that share servers stay together, the others go file by file."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from counterfoil.paths import Paths
from warehouse.build import build

# How long an example takes is the machine's affair: a deadline would make every property a timed test.
hypothesis.settings.register_profile("counterfoil", deadline=None)
hypothesis.settings.load_profile("counterfoil")
ROOT = Path(__file__).resolve().parent
TOGETHER = ("installation", "prefect_port", "year")
"""Fixtures that take half a minute and more: their tests share a process, and begin in this order, so that the others
fill the time in which these wait for their servers."""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    # A wrapper begins before every plain hook, and so before pytest-xdist reads the groups.
    groups = {item: _group(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: TOGETHER.index(groups[item]) if groups[item] in TOGETHER else len(TOGETHER))
    yield


def _group(item: pytest.Item) -> str:
    path = item.path.relative_to(ROOT)
    needed = [name for name in TOGETHER if name in getattr(item, "fixturenames", ())]
    return "long" if path.parts[0] == "long" else needed[0] if needed else str(path)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation without data whose models are built, to be copied: making some hundred views takes seconds.
    The processes of a run share it. Days are cut in Europe/Berlin."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            build(Paths(folder / "var"), reporting_time_zone="Europe/Berlin")
            (folder / "done").touch()
    return folder / "var"


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> Paths:
    """A copy of it of one's own."""
    return Paths(Path(shutil.copytree(built_once, tmp_path / "var")))
