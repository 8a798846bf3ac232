"""Flow: load what has landed, build, check and publish. The only writer of the warehouse: a lock holds it so."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings
from counterfoil.turns import Turn
from flows.ingest.asking import REFRESH
from flows.ingest.refreshing import refresh


@flow(name=REFRESH, persist_result=False)
async def refresh_warehouse(only_changes: bool = False) -> dict[str, Any]:
    """Returns {"rows": {"account resource": n}, "quarantined": n, "version": …, "is_blocked": …, "seconds": {…}}.

    `only_changes`: after a webhook or an action; the scheduled run checks and writes everything.
    """
    settings = load_settings()
    paths = Paths(settings.var_dir)
    Turn(paths, REFRESH).begin()
    say = get_run_logger().info
    of_settings = (settings.reporting_time_zone, settings.bank_accounts)
    work = partial(refresh, paths, *of_settings, now=utc_now, only_changes=only_changes, say=say)
    done = await asyncio.to_thread(work)
    if not only_changes:
        await acreate_table_artifact(
            key="warehouse-checks",
            table=[
                {"check": c.name, "severity": c.severity, "rows": c.rows, "finding": c.sentence}
                for c in done.published.checks
            ],
            description="What the checks found in this build.",
        )
    told = {
        "rows": {f"{account} {resource}": rows for (account, resource), rows in done.loaded.rows.items()},
        "quarantined": sum(done.loaded.quarantined.values()),
        "version": done.published.version,
        "is_blocked": done.published.is_blocked,
        "seconds": done.seconds,
    }
    say("%s", told)
    return told
