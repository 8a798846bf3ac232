from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.paths import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """An installation with nothing in it."""
    return Paths(tmp_path / "var")
