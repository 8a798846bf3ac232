"""One folder a story: landed pages (<resource>.ndjson) and beside them the rows that the models make of them.

`python -m tests.warehouse.story_files` writes the expected rows anew; look at the difference before you keep it.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from counterfoil.paths import Paths
from tests.warehouse.landed import ZONE, land
from warehouse.build import build
from warehouse.connection import open_warehouse
from warehouse.load import load_landed

STORIES = Path(__file__).resolve().parent / "stories"
HIDDEN = {"gateway", "account", "seen_at"}
"""The same in every row of a story."""


def told() -> list[Path]:
    """The stories' folders."""
    return sorted(path for path in STORIES.iterdir() if path.is_dir())


def tell(story: Path, var: Path) -> dict[str, list[dict[str, Any]]]:
    """Land, load and build a story; return the rows of the tables that it is about, without nulls."""
    paths = Paths(var)
    for pages in sorted(story.glob("*.ndjson")):
        land(paths, pages.stem, *pages.read_bytes().splitlines())
    load_landed(paths)
    tables = json.loads((story / "tables.json").read_text(encoding="utf-8"))
    build(paths, reporting_time_zone=ZONE, only=frozenset(tables))
    with open_warehouse(paths) as connection:
        return {table: _rows(connection.execute(f"FROM {table}")) for table in tables}


def _rows(found: Any) -> list[dict[str, Any]]:
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    plain = [
        {name: _plain(value) for name, value in row.items() if name not in HIDDEN and value is not None} for row in rows
    ]
    return sorted(plain, key=lambda row: json.dumps(row, sort_keys=True))


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | str) else str(value)


def expected(rows: dict[str, list[dict[str, Any]]]) -> str:
    """The rows as the file beside the story keeps them."""
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    for story in told():
        with tempfile.TemporaryDirectory() as var:
            (story / "expected.json").write_text(expected(tell(story, Path(var))), encoding="utf-8")


if __name__ == "__main__":
    main()
