"""`customers link|end-links`: links to customers' own billing pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from counterfoil.cli.options import SettingsFile
from counterfoil.customer_links import LONGEST, address_of, links_in
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Add the commands to those about customers."""
    app.command()(link)
    app.command("end-links")(end_links)


def link(
    person_id: Annotated[str, typer.Argument(help="As `customers find` prints it: per_…")],
    hours: Annotated[int, typer.Option(min=1, max=LONGEST.days * 24, help="How long it can be opened.")] = 1,
    settings: SettingsFile = None,
) -> None:
    """Print a link that opens a customer's billing page, once."""
    from warehouse.published import PublishedFile
    from warehouse.reads.people import find_person

    loaded = load_settings(settings)
    if find_person(PublishedFile(Paths(loaded.var_dir).published), person_id) is None:
        raise typer.BadParameter(f"there is no customer {person_id}; look with `counterfoil customers find`.")
    print(link_for(loaded, person_id, hours=hours))


def end_links(settings: SettingsFile = None) -> None:
    """End every link and every session of a customer at once, as after a link fell into wrong hands."""
    links_in(load_settings(settings).var_dir).end_all()
    print("Every link and every customer's session has ended.")


def link_for(settings: Settings, person_id: str, *, hours: int) -> str:
    """A fresh link."""
    token = links_in(settings.var_dir).token(person_id, made_by="cli", now=utc_now(), lives=timedelta(hours=hours))
    return address_of(settings.web.base_url, token)
