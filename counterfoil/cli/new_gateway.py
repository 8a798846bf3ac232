"""`new-gateway`: a Python package for a private gateway that works against its own stand-in, to be filled in."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from string import Template
from typing import Annotated

import typer

TEMPLATES = Path(__file__).resolve().parent / "gateway_template"
NAME = r"[a-z][a-z0-9]{1,30}"
TAKEN = frozenset({"stripe", "braintree", "paypal", "woocommerce", "recurly", "custom"})


class NameRefused(ValueError):
    """A gateway cannot be called so; the text says why."""


class FolderTaken(FileExistsError):
    """There is something at the place where the package should go; nothing is ever overwritten."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("new-gateway")(new_gateway)


def new_gateway(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters and digits, such as acmepay.")],
    into: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the package's folder is made.")] = Path(),
) -> None:
    """Write the package of a private gateway: a connector that works against its stand-in, and what to fill in."""
    try:
        made = write_gateway(name, into)
    except NameRefused as error:
        raise typer.BadParameter(str(error)) from None
    except FolderTaken as error:
        typer.echo(f"counterfoil: {error}", err=True)
        raise typer.Exit(1) from None
    checkout = Path(__file__).resolve().parents[2]
    print(f"Made {made}. Next:")
    print(f"1. Run its conformance suite: cd {made} && PYTHONPATH={checkout} {sys.executable} -m pytest")
    print(f"2. Work through the list in {made / 'README.md'}.")
    print(f"3. Install it beside counterfoil: pip install --no-deps -e {made}")
    print(f'4. Add the account to counterfoil.toml: name = "{name}/main", and COUNTERFOIL_{name.upper()}_MAIN_API_KEY.')


def write_gateway(name: str, into: Path) -> Path:
    """Write the package into `into`/counterfoil-<name> and return that folder. Raises NameRefused or FolderTaken."""
    if not re.fullmatch(NAME, name) or name in TAKEN:
        raise NameRefused(f"{name[:40]!r} cannot be a gateway's name: 2 to 31 small letters and digits, and not ours.")
    root = into / f"counterfoil-{name}"
    try:
        root.mkdir(parents=True)
    except FileExistsError:
        raise FolderTaken(f"{root} is there already; nothing was written.") from None
    for template in sorted(TEMPLATES.rglob("*.template")):
        target = root / _place(template.relative_to(TEMPLATES), name)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = Template(template.read_text(encoding="utf-8")).substitute(name=name, Class=name.capitalize())
        target.write_text(text, encoding="utf-8")
    (root / f"counterfoil_{name}" / "py.typed").touch()
    return root


def _place(template: Path, name: str) -> Path:
    """Where a template's file goes: package -> counterfoil_<name>, models/staging -> models/staging/<name>."""
    parts = [f"counterfoil_{name}" if part == "package" else part for part in template.parent.parts]
    if parts[-1:] == ["staging"]:
        parts.append(name)
    file = template.name.removesuffix(".template").replace("test_conformance", f"test_{name}_conformance")
    return Path(*parts, file)
