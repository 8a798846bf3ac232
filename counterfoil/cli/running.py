"""`up`, `status` and `doctor`: is it running, and could it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from counterfoil.cli.options import Json, SettingsFile
from counterfoil.settings import DEFAULT_FILE


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(up)
    app.command()(status)
    app.command()(doctor)


def up(
    settings: SettingsFile = None,
    sandbox: Annotated[bool, typer.Option(help="Use the stand-in gateway, and run the main job on it.")] = False,
    once: Annotated[bool, typer.Option(help="Stop after the main job.")] = False,
    sandbox_scale: Annotated[str, typer.Option(help="How much history the stand-in has: small or full.")] = "full",
) -> None:
    """Start Prefect, workers and the web service; with --sandbox also the stand-in gateway. Ctrl-C stops it all."""
    from counterfoil.cli.up.command import SANDBOX_SETTINGS
    from counterfoil.cli.up.command import up as start_all

    chosen = settings or (SANDBOX_SETTINGS if sandbox else Path(DEFAULT_FILE))
    start_all(chosen, scale=sandbox_scale if sandbox else None, is_once=once, console=Console())


def status(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Say what runs, how fresh the published file is, and what waits."""
    from counterfoil.cli.status import status_of
    from counterfoil.settings import load_settings

    found = status_of(load_settings(settings))
    if as_json:
        print(json.dumps(found, indent=2, default=str))
        return
    for name, value in found.items():
        print(f"{name:<22} {value}")


def doctor(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Check settings, policy, libraries, and what each account's key may do. Changes nothing."""
    from counterfoil.cli.doctor import examine
    from counterfoil.settings import load_settings

    findings = examine(load_settings(settings))
    if as_json:
        print(json.dumps([vars(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.is_good else 'LACK'} {finding.subject}: {finding.sentence}")
    if not all(finding.is_good for finding in findings):
        raise typer.Exit(1)
