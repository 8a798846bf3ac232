"""How the suite is spread over the cores: tests that share servers stay together, the others go file by file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
TOGETHER = {"actions", "e2e", "long"}
"""Folders whose tests share one set of processes for the session."""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    # A wrapper begins before every plain hook, and so before pytest-xdist reads the groups.
    for item in items:
        where = item.path.relative_to(ROOT)
        group = where.parts[0] if where.parts[0] in TOGETHER else str(where)
        item.add_marker(pytest.mark.xdist_group(group))
    yield
