"""Which values of a parametrised test are tried by `make test`, and which by `make test-long` only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def others_long(values: Iterable[Any], *, kept: Collection[Any]) -> list[Any]:
    """The values, all but `kept` marked `long`: those that go the same way again and take a second or more each."""
    values = list(values)
    assert set(kept) <= set(values), set(kept) - set(values)
    return [value if value in kept else pytest.param(value, marks=pytest.mark.long) for value in values]
