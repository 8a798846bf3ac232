"""Flow: Great Expectations on the rows that landed lately. In a process of its own: it is large and slow to import."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime, timedelta
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from counterfoil.requests import utc_now
from counterfoil.settings import load_settings


class ValidationBroken(RuntimeError):
    """Great Expectations could not be run; its last words are in the text."""


@flow(name="validate-batch")
async def validate_batch(hours: int = 24) -> dict[str, Any]:
    """Validate what landed in the last `hours`; what was not as expected is in the artifact and the Data Docs.

    Returns {"resources", "rows", "failed"}. Unexpected rows do not fail the run: the load sets bad rows aside.
    """
    since = utc_now() - timedelta(hours=hours)
    results = await validate([account.name for account in load_settings().accounts], since)
    for result in results:
        for sentence in result["failed"]:
            get_run_logger().warning("%s %s: %s", result["account"], result["resource"], sentence)
    await acreate_table_artifact(key="incoming-batch", table=results, description="Great Expectations on what landed.")
    return {
        "resources": len(results),
        "rows": sum(result["rows"] for result in results),
        "failed": sum(len(result["failed"]) for result in results),
    }


async def validate(accounts: list[str], since: datetime) -> list[dict[str, Any]]:
    """Run the validation and return its results, one for each account and resource; raise ValidationBroken."""
    command = [sys.executable, "-m", "warehouse.expectations", "--since", since.isoformat()]
    for account in accounts:
        command += ["--account", account]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    printed, complaints = await process.communicate()
    try:
        found: list[dict[str, Any]] = json.loads(printed)["resources"]
    except (ValueError, KeyError, TypeError):
        last = complaints.decode(errors="replace")[-1000:]
        raise ValidationBroken(f"The validation ended with code {process.returncode}: {last}") from None
    return found
