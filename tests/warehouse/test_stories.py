"""The models' golden cases: see tests/warehouse/stories.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.paths import Paths
from tests.warehouse.story_files import expected, tell, told


@pytest.mark.parametrize("story", told(), ids=lambda story: story.name)
def test_the_models_tell_the_story(story: Path, built: Paths) -> None:
    assert expected(tell(story, built.var)) == (story / "expected.json").read_text(encoding="utf-8")
