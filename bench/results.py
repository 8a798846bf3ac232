"""What a benchmark found, printed side by side and kept in var/bench.json."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One figure: ours, the peers' usual way and the limit on the same load in the same run."""

    name: str
    unit: str
    ours: float
    peer: float | None
    limit: float | None
    load: str


def shown(results: list[Result]) -> str:
    """The table that `make bench` prints."""
    lines = [f"{'benchmark':16} {'unit':8} {'ours':>10} {'peer':>10} {'limit':>10} {'x peer':>8} {'of limit':>9}"]
    for result in results:
        times = f"{result.ours / result.peer:.1f}" if result.peer else "–"
        share = f"{result.ours / result.limit:.0%}" if result.limit else "–"
        figures = " ".join(f"{_figure(value):>10}" for value in (result.ours, result.peer, result.limit))
        lines += [f"{result.name:16} {result.unit:8} {figures} {times:>8} {share:>9}", f"  {result.load}"]
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    """Whole numbers where they are large, three digits after the point where they are small."""
    if not value:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"


def keep(results: list[Result], path: Path) -> None:
    """Replace these results in the file, and keep the others."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    mine = {result.name for result in results}
    everything = [asdict(result) for result in results] + [entry for entry in known if entry["name"] not in mine]
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)
