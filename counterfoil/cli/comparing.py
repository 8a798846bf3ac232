"""`compare`: an account's figures beside an export of the system in use, before acting is switched on."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from counterfoil.cli.options import Json, SettingsFile
from counterfoil.paths import Paths
from counterfoil.settings import load_settings

if TYPE_CHECKING:
    from warehouse.comparing.compare import Comparison, Difference


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(compare)


def compare(
    account: Annotated[str, typer.Argument(help="gateway/label, as in the settings.")],
    file: Annotated[
        Path, typer.Argument(help="CSV, a JSON list, or a JSON object a line.", exists=True, dir_okay=False)
    ],
    kind: Annotated[Literal["charge", "refund"] | None, typer.Option(help="What all rows of the file are.")] = None,
    column: Annotated[list[str] | None, typer.Option(help="FIELD=NAME: the file calls this field so; again.")] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many differences to print.")] = 20,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Compare an account with an export of the system in use: sums by month, and what differs (then exit code 1)."""
    from warehouse.comparing.compare import compare as compared
    from warehouse.comparing.export_file import ExportInvalid, read_export
    from warehouse.published import PublishedFile

    loaded = load_settings(settings)
    loaded.account(account)
    try:
        rows = read_export(file, kind=kind, columns=_columns(column or []))
    except ExportInvalid as error:
        raise typer.BadParameter(str(error)) from None
    published = PublishedFile(Paths(loaded.var_dir).published)
    found = compared(published, account, rows, zone=loaded.reporting_time_zone, first=_day(first), last=_day(last))
    if as_json:
        print(json.dumps({**asdict(found), "agrees": found.agrees}, indent=2, default=str))
    else:
        _show(found, limit)
    if not found.agrees:
        raise typer.Exit(1)


def _columns(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if not all(field and sign and name for field, sign, name in pairs):
        raise typer.BadParameter("a column reads FIELD=NAME, such as id=charge_id.")
    return {field: name for field, _, name in pairs}


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _show(found: Comparison, limit: int) -> None:
    from connectors.money import Money

    table = Table("", "month", *(f"{side} {what}" for side in ("here", "there") for what in ("count", "sum")), "")
    for one in found.months:
        sums = [str(Money(minor, one.currency)) for minor in (one.ours_minor, one.theirs_minor)]
        told = [str(one.ours), sums[0], str(one.theirs), sums[1]]
        table.add_row(f"{one.kind}s", one.month, *told, "same" if one.is_same else "differs")
    console = Console(width=None if Console().is_terminal else 120)
    console.print(table)
    for difference in found.differences[:limit]:
        print(sentence_of(difference))
    if len(found.differences) > limit:
        print(f"… and {len(found.differences) - limit:,} more (--limit, --json).")
    what = " and ".join(f"{kind}s" for kind in found.kinds)
    verdict = "all is the same" if found.agrees else f"{len(found.differences):,} differ"
    print(f"{found.account}, {found.first} to {found.last}, {what} here and in the file: {verdict}.")


def sentence_of(one: Difference) -> str:
    """One difference in words."""
    if one.theirs is None:
        return f"{one.kind} {one.object_id}: {one.ours} here, not in the file."
    if one.ours is None:
        return f"{one.kind} {one.object_id}: {one.theirs} in the file, not here."
    return f"{one.kind} {one.object_id}: {one.ours} here, {one.theirs} in the file."
