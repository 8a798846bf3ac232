"""What the main job made, read from the published file and the books, for people and for var/summary.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from connectors.money import Money
from counterfoil.cli.audit import verify_audit
from counterfoil.cli.up.refund_over_http import RefundResult
from counterfoil.paths import Paths
from counterfoil.settings import Settings
from flows.reconciliation.payouts import reconcile
from warehouse.published import PublishedFile

OBJECTS = (
    "customers charges refunds disputes payouts balance_transactions subscriptions invoices credit_notes products"
).split()

_COUNT = "SELECT '{name}' AS name, count(*) AS n FROM canonical.{name} WHERE account = $account"


def summarise(settings: Settings, paths: Paths, refund: RefundResult, seconds: dict[str, float]) -> dict[str, Any]:
    """Counts per account and object, documents, tax, reconciliation, the action, the audit, seconds per step."""
    published = PublishedFile(paths.published)
    audit = verify_audit(settings)
    return {
        "as_of": published.as_of.isoformat() if published.as_of else None,
        "accounts": {account.name: _counts(published, account.name) for account in settings.accounts},
        "quarantined": published.rows(
            "SELECT account, resource, count(*) AS rows FROM marts.quarantine GROUP BY ALL ORDER BY ALL"
        ),
        "documents": published.rows(
            "SELECT kind, currency, count(*) AS documents, sum(total_minor)::BIGINT AS total_minor,"
            " sum(tax_minor)::BIGINT AS tax_minor, count(pdf_sha256) AS drawn"
            " FROM books.documents GROUP BY ALL ORDER BY kind, currency"
        ),
        "tax": published.rows(
            "SELECT country, kind, currency, sum(taxable_minor)::BIGINT AS taxable_minor,"
            " sum(tax_minor)::BIGINT AS tax_minor FROM marts.tax_summary GROUP BY ALL ORDER BY country, kind, currency"
        ),
        "reconciliation": [
            {
                "account": result.account,
                "currency": result.currency,
                "payouts": result.payouts,
                "matched": result.matched,
                "difference_minor": result.difference_minor,
                "open": [row["payout_id"] for row in result.open],
            }
            for result in reconcile(published)
        ],
        "bank": published.rows(
            "SELECT bank_account, result, cause, count(*) FILTER (side = 'payout') AS payouts,"
            " count(*) FILTER (side = 'bank line') AS lines"
            " FROM marts.bank_reconciliation GROUP BY ALL ORDER BY ALL"
        ),
        "checks": published.rows(
            "SELECT name, severity, rows, sentence FROM marts.check_results WHERE rows > 0 ORDER BY severity, name"
        ),
        "action": {
            "flow_run_id": refund.run_id,
            "charge_id": refund.charge_id,
            "amount": refund.amount,
            "outcome": refund.outcome,
            "sentence": refund.sentence,
        },
        "audit": audit,
        "seconds": seconds,
    }


def write_summary(summary: dict[str, Any], path: Path) -> None:
    """Write var/summary.json under a temporary name and move it into place."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(summary, indent=2, default=str) + "\n", encoding="utf-8")
    temporary.replace(path)


def show_summary(summary: dict[str, Any], console: Console) -> None:
    """Print the summary as tables."""
    for account, counts in summary["accounts"].items():
        console.print(f"\n[bold]{account}[/]  " + ", ".join(f"{n:,} {name}" for name, n in counts.items() if n))
    table = Table("document", "currency", "number", "total", "tax", box=None, pad_edge=False, title_justify="left")
    for row in summary["documents"]:
        total, tax = (Money(row[name], row["currency"]) for name in ("total_minor", "tax_minor"))
        table.add_row(row["kind"], row["currency"], str(row["documents"]), str(total), str(tax))
    console.print(table)
    for row in summary["reconciliation"]:
        missing = f"; open: {', '.join(row['open'][:3])}{' …' * (len(row['open']) > 3)}" if row["open"] else ""
        where = f"{row['account']} in {row['currency']}"
        console.print(f"Payouts of {where}: {row['matched']} of {row['payouts']} match{missing}", highlight=False)
    for row in summary["bank"]:
        what = f"{row['bank_account']}: {row['payouts']} payouts and {row['lines']} lines of the bank"
        cause = f" ({row['cause']})" if row["cause"] else ""
        console.print(f"{what} {row['result']}{cause}", highlight=False)
    for row in summary["checks"]:
        console.print(f"[yellow]Found[/] {row['rows']} × {row['sentence']}", highlight=False)
    for row in summary["quarantined"]:
        console.print(f"In quarantine: {row['rows']} {row['resource']} of {row['account']}", highlight=False)


def _counts(published: PublishedFile, account: str) -> dict[str, int]:
    rows = published.rows(" UNION ALL ".join(_COUNT.format(name=name) for name in OBJECTS), {"account": account})
    return {str(row["name"]): int(row["n"]) for row in rows}
