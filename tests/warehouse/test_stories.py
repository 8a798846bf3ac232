"""The models' golden cases: see tests/warehouse/stories.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.stories import expected, tell, told


@pytest.mark.parametrize("story", told(), ids=lambda story: story.name)
def test_the_models_tell_the_story(story: Path, tmp_path: Path) -> None:
    assert expected(tell(story, tmp_path)) == (story / "expected.json").read_text(encoding="utf-8")
