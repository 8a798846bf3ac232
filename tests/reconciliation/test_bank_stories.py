"""The golden cases of the matching of bank lines and payouts: see tests/reconciliation/stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reconciliation.story_files import tell, told


@pytest.mark.parametrize("story", told(), ids=lambda story: story.name)
def test_bank_lines_and_payouts_tell_the_story(story: Path) -> None:
    assert tell(story) == (story / "expected.csv").read_text(encoding="utf-8")
