"""`user add`: local accounts."""

from __future__ import annotations

from typing import Annotated

import typer

from counterfoil.cli.options import SettingsFile
from counterfoil.paths import Paths
from counterfoil.settings import load_settings
from counterfoil.users import add_user

app = typer.Typer(no_args_is_help=True, help="Local accounts of the web service and the command line.")


@app.callback()
def accounts() -> None:
    """Local accounts of the web service and the command line."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An e-mail address or a short name.")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="agent, lead, finance, auditor or engineer.")],
    password: Annotated[
        str, typer.Option(envvar="COUNTERFOIL_PASSWORD", prompt=True, confirmation_prompt=True, hide_input=True)
    ],
    settings: SettingsFile = None,
) -> None:
    """Add an account, or give an existing one another role and password; its sessions end."""
    user = add_user(Paths(load_settings(settings).var_dir), name, role, password)
    print(f"{user.name} may sign in as {user.role}.")
