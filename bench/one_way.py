"""`python -m bench.one_way WAY URL ROWS`: one way in a process of its own; prints its seconds per step as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from bench.ways import WAYS


def main(way: str, url: str, rows: str) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        seconds = WAYS[way](url, int(rows), Path(folder))
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
