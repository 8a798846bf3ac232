"""Flow: issue the invoices and credit notes that a period still lacks."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow, get_run_logger

from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings
from flows.invoicing.issuing import issue_missing
from flows.invoicing.period import Period


@flow(name="issue-documents")
def issue_documents(period_from: date | None = None, period_to: date | None = None) -> dict[str, Any]:
    """Issue documents for payments and refunds from `period_from` to `period_to` (days in the reporting zone, both
    inside; open where not given). Safe to run again for any period.

    Returns {"invoices", "credit_notes", "first", "last", "refused"}.
    """
    settings = load_settings()
    say = get_run_logger().info
    period = Period(period_from, period_to)
    report = issue_missing(Paths(settings.var_dir), settings, period=period, now=utc_now(), progress=say)
    for refusal in report.refused:
        get_run_logger().warning(refusal.sentence)
    return report.as_dict()
