"""`python -m bench [--only GROUP]`: the benchmarks, each against a peer and a limit in the same run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from bench import actions, documents, freshness, ingest, panel
from bench.results import Result, keep, shown

GROUPS: dict[str, Callable[[], list[Result]]] = {
    "actions": actions.run,
    "documents": documents.run,
    "freshness": freshness.run,
    "ingest": ingest.run,
    "panel": panel.run,
}
KEPT = Path("var/bench.json")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(GROUPS), help="run one group")
    only = parser.parse_args().only
    results = [result for name, run in GROUPS.items() if only in (None, name) for result in run()]
    print(shown(results))
    keep(results, KEPT)
    print(f"kept in {KEPT}")


if __name__ == "__main__":
    main()
