"""Flow: write the tax summary of a period."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact

from counterfoil.paths import Paths
from counterfoil.settings import load_settings
from flows.invoicing.period import Period
from flows.invoicing.tax_summary import summarise


@flow(name="summarise-tax")
def summarise_tax(period_from: date | None = None, period_to: date | None = None) -> dict[str, Any]:
    """Write var/exports/tax-<period>.csv and .xlsx and a table artifact. Months that the period touches count whole.

    Returns {"rows", "totals": {currency: {"taxable_minor", "tax_minor"}}, "csv", "xlsx"}.
    """
    summary = summarise(Paths(load_settings().var_dir), Period(period_from, period_to))
    create_table_artifact(table=summary.table, key="tax-summary", description="Tax by period, country and rate")
    return summary.as_dict()
