"""Flow: load what has landed, build, check and publish. The only writer of the warehouse: a lock holds it so."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact

from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings
from warehouse.build import build
from warehouse.load import load_landed
from warehouse.publish import publish


@flow(name="refresh-warehouse")
def refresh_warehouse() -> dict[str, Any]:
    """Returns {"rows": {"account resource": n}, "quarantined": n, "version": …, "is_blocked": …}."""
    settings = load_settings()
    paths = Paths(settings.var_dir)
    say = get_run_logger().info
    loaded = load_landed(paths, progress=say)
    build(paths, reporting_time_zone=settings.reporting_time_zone)
    published = publish(paths, now=utc_now())
    create_table_artifact(
        key="warehouse-checks",
        table=[
            {"check": c.name, "severity": c.severity, "rows": c.rows, "finding": c.sentence} for c in published.checks
        ],
        description="What the checks found in this build.",
    )
    return {
        "rows": {f"{account} {resource}": rows for (account, resource), rows in loaded.rows.items()},
        "quarantined": sum(loaded.quarantined.values()),
        "version": published.version,
        "is_blocked": published.is_blocked,
    }
