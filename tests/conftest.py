"""How the suite is spread over the cores: tests that share servers stay together, the others go file by file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
TOGETHER = ("e2e", "actions", "long")
"""Folders whose tests share one set of processes for the session, in the order in which they begin: the longest first,
so that the others fill the time in which these wait for their processes."""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    # A wrapper begins before every plain hook, and so before pytest-xdist reads the groups.
    for item in items:
        folder = _folder(item)
        item.add_marker(pytest.mark.xdist_group(folder if folder in TOGETHER else str(item.path.relative_to(ROOT))))
    items.sort(key=lambda item: TOGETHER.index(_folder(item)) if _folder(item) in TOGETHER else len(TOGETHER))
    yield


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT).parts[0]
