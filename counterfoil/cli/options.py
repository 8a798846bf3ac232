"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", help="The settings file; else $COUNTERFOIL_SETTINGS, else counterfoil.toml here."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
