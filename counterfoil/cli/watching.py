"""`watch`: what is stuck, failing or broken right now."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from counterfoil.cli.options import Json, SettingsFile
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(watch)


def watch(
    tell: Annotated[bool, typer.Option(help="Tell the addresses of [alerts] what they do not know yet.")] = False,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Say what is stuck, failing or broken; with --tell also to others. Exit code 1 where something is."""
    from flows.watching.watch_everything import look_now, watch_once

    loaded, now = load_settings(settings), utc_now()
    watched = watch_once(loaded, now) if tell else None
    found = list(watched.found) if watched else look_now(loaded, now)
    rows = [{"key": one.key, "sentence": one.sentence, "since": one.since.isoformat()} for one in found]
    if as_json:
        print(json.dumps(rows, indent=2))
    else:
        for one in found:
            print(f"{one.since:%Y-%m-%d %H:%M} UTC  {one.sentence}")
        if not found:
            print("Nothing is wrong.")
    for trouble in watched.trouble if watched else ():
        typer.echo(trouble, err=True)
    if found or (watched and watched.trouble):
        raise typer.Exit(1)
