"""Flow: reconcile the payouts and keep the result as an artifact of the run."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact

from counterfoil.paths import Paths
from counterfoil.settings import load_settings
from flows.reconciliation.payouts import reconcile
from warehouse.published import PublishedFile


@flow(name="reconcile-payouts")
def reconcile_payouts() -> list[dict[str, Any]]:
    """Returns per account and currency: payouts, matched, amount and difference (minor units), and what is open."""
    published = PublishedFile(Paths(load_settings().var_dir).published)
    results = reconcile(published)
    for result in results:
        said = "%s %s: %d of %d payouts match"
        get_run_logger().info(said, result.account, result.currency, result.matched, result.payouts)
    table = [
        {
            "account": result.account,
            "currency": result.currency,
            "payouts": result.payouts,
            "matched": result.matched,
            "amount_minor": result.amount_minor,
            "difference_minor": result.difference_minor,
            "open": [f"{row['payout_id']}: {row['probable_cause']}" for row in result.open],
        }
        for result in results
    ]
    create_table_artifact(key="payout-reconciliation", table=table, description="Payouts against their net lines.")
    return table
