"""`gateways`: which gateway can do what, and for what it cannot, why; read from the capabilities, without any key."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from counterfoil.cli.options import Json

if TYPE_CHECKING:
    from connectors.capabilities import Capabilities

CAN, PARTLY, LACKS = "yes", "whole only", "no"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(gateways)


def gateways(
    name: Annotated[str | None, typer.Argument(help="One gateway in full, with notes and reasons.")] = None,
    as_json: Json = False,
) -> None:
    """Show which actions each gateway carries out, and why one is missing."""
    from connectors.registry import gateway, gateway_names

    found = [gateway(one).capabilities for one in ([name] if name else gateway_names())]
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, default=str))
    elif name:
        _in_full(found[0])
    else:
        Console().print(_overview(found))


def matrix(found: list[Capabilities]) -> list[list[str]]:
    """One row per action: its name, then for each gateway whether it carries it out."""
    from connectors.actions import ACTIONS

    return [[action, *(_word(one, action) for one in found)] for action in ACTIONS]


def _word(capabilities: Capabilities, action: str) -> str:
    from connectors.actions import has_amount

    capability = capabilities.actions.get(action)
    if capability is None:
        return LACKS
    return PARTLY if has_amount(action) and not capability.is_partial else CAN


def _overview(found: list[Capabilities]) -> Table:
    table = Table("action", *(one.gateway for one in found))
    for row in matrix(found):
        table.add_row(*row)
    return table


def _in_full(capabilities: Capabilities) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for capability in capabilities.actions.values():
        console.print(f"[green]{capability.action}[/]: {capability.note or 'no remarks.'}")
    for action, reason in capabilities.absent.items():
        console.print(f"[red]{action}[/]: {reason}")
