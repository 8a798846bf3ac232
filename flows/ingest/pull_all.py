"""Flow: pull every account of the settings, each as a flow run of its own."""

from __future__ import annotations

import asyncio

from prefect import flow, get_run_logger
from prefect.deployments.flow_runs import arun_deployment

from counterfoil.settings import load_settings


class AccountsFailed(RuntimeError):
    """Some accounts could not be pulled; the others were."""


@flow(name="pull-all")
async def pull_all(accounts: list[str] | None = None) -> dict[str, str]:
    """Start one `pull-account` for each account and wait for all; one that fails never holds back the others.

    Returns account -> final state. Ends Failed, naming the accounts, if one of them failed.
    """
    names = accounts or [account.name for account in load_settings().accounts]
    runs = await asyncio.gather(*(_pull(name) for name in names))
    states = dict(zip(names, runs, strict=True))
    failed = [f"{name} ({state})" for name, state in states.items() if state != "COMPLETED"]
    if failed:
        raise AccountsFailed(f"These accounts could not be pulled: {', '.join(failed)}; their runs say why.")
    return states


async def _pull(account: str) -> str:
    run = await arun_deployment("pull-account/pull-account", parameters={"account": account}, timeout=None)
    get_run_logger().info("%s: %s", account, run.state_name)
    return run.state.type.value if run.state else "UNKNOWN"
