"""Every story's rows give exactly the documents and the printed text that stand beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.invoicing.story_files import STORIES, expected_data, expected_text, tell

ALL = sorted(path for path in STORIES.iterdir() if path.is_dir())


@pytest.mark.parametrize("story", ALL, ids=[story.name for story in ALL])
def test_story_gives_the_documents_and_texts_beside_it(story: Path, tmp_path: Path) -> None:
    documents, report = tell(story, tmp_path)
    assert expected_data(documents, report) == (story / "expected.json").read_text(encoding="utf-8")
    assert expected_text(documents) == (story / "expected.txt").read_text(encoding="utf-8")
