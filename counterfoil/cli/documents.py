"""`documents list|issue|render` and `tax summary`."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from counterfoil.cli.options import Json, SettingsFile
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Invoices and credit notes that we issue.")
tax_app = typer.Typer(no_args_is_help=True, help="Tax by period, country and rate.")

First = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, in the reporting time zone.")
]
Last = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, inside.")]


@app.command("list")
def list_documents(
    settings: SettingsFile = None,
    as_json: Json = False,
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 50,
) -> None:
    """List issued documents, as published."""
    from connectors.money import Money
    from warehouse.published import PublishedFile

    published = PublishedFile(Paths(load_settings(settings).var_dir).published)
    sql = (
        "SELECT number, kind, issued_at, charge_id, currency, total_minor, tax_minor, pdf_path"
        " FROM books.documents ORDER BY issued_at DESC, number DESC LIMIT ?"
    )
    rows = published.rows(sql, (limit,))
    if as_json:
        print(json.dumps(rows, indent=2, default=str))
        return
    for row in rows:
        total = Money(row["total_minor"], row["currency"])
        print(f"{row['number']:<18} {row['kind']:<12} {row['issued_at']:%Y-%m-%d} {total!s:>18}  {row['charge_id']}")


@app.command("issue")
def issue_documents(
    first: First = None, last: Last = None, settings: SettingsFile = None, as_json: Json = False
) -> None:
    """Issue the invoices and credit notes that a period still lacks. Safe to run again."""
    from flows.invoicing.issuing import issue_missing
    from flows.invoicing.period import Period

    loaded = load_settings(settings)
    period = Period(_day(first), _day(last))
    report = issue_missing(Paths(loaded.var_dir), loaded, period=period, now=utc_now())
    _show(report.as_dict(), as_json=as_json)


@app.command("render")
def render_documents(
    limit: Annotated[int | None, typer.Option(help="At most so many.")] = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Draw the PDFs that are not drawn yet; what is stored is never drawn again."""
    from flows.invoicing.drawing import draw_missing

    loaded = load_settings(settings)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("drawing", total=None)
        report = draw_missing(
            Paths(loaded.var_dir),
            now=utc_now(),
            limit=limit,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    _show({"drawn": report.drawn, "failed": report.failed}, as_json=as_json)
    if report.failed:
        raise typer.Exit(1)


@tax_app.callback()
def tax() -> None:
    """Tax by period, country and rate."""


@tax_app.command("summary")
def tax_summary(first: First = None, last: Last = None, settings: SettingsFile = None, as_json: Json = False) -> None:
    """Write the summary as CSV and XLSX to var/exports and print the totals. Months count whole."""
    from flows.invoicing.period import Period
    from flows.invoicing.tax_summary import summarise

    paths = Paths(load_settings(settings).var_dir)
    _show(summarise(paths, Period(_day(first), _day(last))).as_dict(), as_json=as_json)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _show(values: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(values, indent=2, default=str))
        return
    for name, value in values.items():
        print(f"{name:<14} {value}")
