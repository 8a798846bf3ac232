"""`statements import|list`: the bank's side of the reconciliation."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.options import Json, SettingsFile
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings
from counterfoil.statement_inbox import latest, put_upload

app = typer.Typer(no_args_is_help=True, help="Statements of our bank accounts.")


@app.command("import")
def import_statement(
    files: Annotated[
        list[Path], typer.Argument(help="CAMT.053, MT940, BAI2, OFX or CSV.", exists=True, dir_okay=False)
    ],
    account: Annotated[str, typer.Option(help="bank/label; needed for CSV only.")] = "",
    correction: Annotated[bool, typer.Option(help="The bank corrected what it said before.")] = False,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Import files of the bank. Each is kept once; what cannot be taken is named and kept apart. Exit code 1 then."""
    from connectors.banks.reading import MAX_BYTES
    from flows.reconciliation.statements import import_waiting

    loaded = load_settings(settings)
    paths = Paths(loaded.var_dir)
    if account:
        loaded.bank_account(account)
    for path in files:
        if path.stat().st_size > MAX_BYTES:
            raise typer.BadParameter(f"{path} is larger than {MAX_BYTES:,} bytes: ask the bank for shorter periods.")
        upload, is_new = put_upload(
            paths.inbox,
            path.read_bytes(),
            path.name,
            bank_account=account,
            is_correction=correction,
            by="cli",
            now=utc_now(),
        )
        if not is_new:
            typer.echo(f"{path.name}: imported before, as {upload.file_name} at {upload.uploaded_at[:19]}.", err=True)
    handled = import_waiting(paths, loaded, now=utc_now())
    if as_json:
        print(json.dumps([asdict(one) for one in handled], indent=2))
    else:
        for one in handled:
            print(f"{one.file_name}: {one.state}: {one.sentence}")
    if any(one.state == "refused" for one in handled):
        raise typer.Exit(1)


@app.command("list")
def list_statements(
    settings: SettingsFile = None,
    as_json: Json = False,
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 50,
) -> None:
    """List the files that came, newest first, and what became of each."""
    found = latest(Paths(load_settings(settings).var_dir).inbox, limit)
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2))
        return
    for one in found:
        print(f"{one.uploaded_at[:19]}  {one.state:<8} {one.file_name}: {one.sentence}")
