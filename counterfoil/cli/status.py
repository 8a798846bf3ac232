"""What runs here, how fresh it is, and what waits."""

from __future__ import annotations

from typing import Any

from counterfoil.cli.up.ports import is_listening
from counterfoil.paths import Paths
from counterfoil.settings import Settings


def status_of(settings: Settings) -> dict[str, Any]:
    """Name -> a word or number, in the order to show."""
    from warehouse.published import PublishedFile

    paths = Paths(settings.var_dir)
    published = PublishedFile(paths.published)
    found: dict[str, Any] = {
        "web service": _up(settings.web.port),
        "Prefect server": _up(settings.prefect.port),
        "action worker": _up(settings.actions.nudge_port),
        "published": published.version or "nothing yet",
        "as of": published.as_of or "never",
        "inbox waiting": sum(1 for place in ("*", "import/*") for _ in paths.inbox.glob(f"{place}/*.json")),
    }
    if published.version:
        found["quarantined"] = published.rows("SELECT count(*) AS n FROM marts.quarantine")[0]["n"]
        for row in published.rows("SELECT * FROM marts.check_results WHERE rows > 0 ORDER BY name"):
            found[f"check {row['name']}"] = f"{row['rows']} rows ({row['severity']}): {row['sentence']}"
    return found


def _up(port: int) -> str:
    return f"running on port {port}" if is_listening(port) else "not running"
