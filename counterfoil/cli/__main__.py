"""The `counterfoil` command. Exit code 0: done; 1: refused or failed; 2: wrong usage."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

import counterfoil.cli.actions as actions
import counterfoil.cli.audit as audit
import counterfoil.cli.backups as backups
import counterfoil.cli.batches as batches
import counterfoil.cli.comparing as comparing
import counterfoil.cli.documents as documents
import counterfoil.cli.gateways as gateways
import counterfoil.cli.new_gateway as new_gateway
import counterfoil.cli.operate as operate
import counterfoil.cli.running as running
import counterfoil.cli.statements as statements
import counterfoil.cli.users as users
import counterfoil.cli.watching as watching
from counterfoil.cli.failures import KNOWN

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Billing support you run yourself."
)
running.register(app)
watching.register(app)
operate.register(app)
comparing.register(app)
backups.register(app)
actions.register(app)
gateways.register(app)
new_gateway.register(app)
app.add_typer(audit.app, name="audit")
app.add_typer(batches.app, name="batch")
app.add_typer(documents.app, name="documents")
app.add_typer(documents.tax_app, name="tax")
app.add_typer(statements.app, name="statements")
app.add_typer(users.app, name="user")


def main() -> None:
    """Run the command; a failure that we know becomes one sentence and exit code 1."""
    try:
        app()
    except KNOWN as error:
        Console(stderr=True).print(f"counterfoil: {error}", style="red", highlight=False, soft_wrap=True, markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
