"""`ingest`, `build`, `publish`, `reconcile` and `customers find`: the way of the data, without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import counterfoil.cli.customers as customers
from counterfoil.cli.options import Json, SettingsFile
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings

customers_app = typer.Typer(no_args_is_help=True, help="Find customers in the published file.")
customers.register(customers_app)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ingest)
    app.command()(build)
    app.command()(publish)
    app.command()(reconcile)
    app.add_typer(customers_app, name="customers")


def ingest(
    accounts: Annotated[list[str] | None, typer.Argument(help="gateway/label; none means all.")] = None,
    replay: Annotated[Path | None, typer.Option(help="Land the answers of this file or folder instead.")] = None,
    settings: SettingsFile = None,
) -> None:
    """Pull what is new from the gateways; or land recorded answers, one JSON list, object or event a line."""
    from connectors.registry import gateway_of
    from flows.ingest.accounts import open_reader
    from flows.ingest.pulling import pull
    from flows.ingest.replaying import replay as replay_answers

    loaded = load_settings(settings)
    landing = Paths(loaded.var_dir).landing
    names = accounts or [account.name for account in loaded.accounts]
    if replay is not None and (len(names) != 1 or not replay.exists()):
        raise typer.BadParameter("--replay needs one account, and a file or folder that exists.")
    console = Console(stderr=True)
    for name in names:
        loaded.account(name)
        if replay is not None:
            rows = replay_answers(gateway_of(name), name, replay, landing, now=utc_now()).rows
        else:
            with open_reader(loaded, name) as (gateway, reader), console.status(f"pulling {name} …"):
                rows = pull(gateway, reader, name, landing, now=utc_now(), say=console.print).rows
        for resource, count in sorted(rows.items()):
            print(f"{name} {resource}: {count}")


def build(settings: SettingsFile = None) -> None:
    """Load what has landed and build the models. The published file stays as it is."""
    from warehouse.build import build as build_models
    from warehouse.load import load_landed

    loaded = load_settings(settings)
    paths = Paths(loaded.var_dir)
    report = load_landed(paths, progress=Console(stderr=True).print)
    for (account, resource), rows in sorted(report.rows.items()):
        print(f"{account} {resource}: {rows} rows loaded")
    for (account, resource, reason), rows in sorted(report.quarantined.items()):
        print(f"{account} {resource}: {rows} in quarantine: {reason}")
    build_models(paths, reporting_time_zone=loaded.reporting_time_zone, bank_accounts=loaded.bank_accounts)


def publish(settings: SettingsFile = None) -> None:
    """Check what is built and publish it; a failed block check keeps the last good file."""
    from warehouse.publish import publish as publish_file

    loaded = load_settings(settings)
    report = publish_file(Paths(loaded.var_dir), now=utc_now())
    for check in report.checks:
        if check.rows:
            print(f"{check.severity}: {check.rows} × {check.sentence}")
    if report.is_blocked:
        print("Not published: a block check failed; the last good file stays.")
        raise typer.Exit(1)
    print(f"Published {report.version}.")


def reconcile(settings: SettingsFile = None, as_json: Json = False) -> None:
    """Compare each payout with its balance transactions. Exit code 1 if one does not match."""
    from connectors.money import Money
    from flows.reconciliation.payouts import reconcile as reconcile_payouts
    from warehouse.published import PublishedFile

    results = reconcile_payouts(PublishedFile(Paths(load_settings(settings).var_dir).published))
    if as_json:
        print(json.dumps([vars_of(result) for result in results], indent=2, default=str))
    else:
        for result in results:
            total = Money(result.amount_minor, result.currency)
            where = f"{result.account} {result.currency}"
            print(f"{where}: {result.matched} of {result.payouts} payouts match, {total} in all")
            for row in result.open:
                print(
                    f"  {row['payout_id']}: {Money(row['difference_minor'], result.currency)}: {row['probable_cause']}"
                )
    if not all(result.is_matched for result in results):
        raise typer.Exit(1)


def vars_of(result: object) -> dict[str, object]:
    """The fields of a slotted dataclass."""
    from dataclasses import asdict

    return asdict(result)  # type: ignore[call-overload,no-any-return]


@customers_app.command()
def find(
    text: Annotated[str, typer.Argument(help="E-mail address, name, charge id, customer id or last four.")],
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Find customers by what a ticket tells of them."""
    from warehouse.published import PublishedFile
    from warehouse.reads.people import search

    found = search(PublishedFile(Paths(load_settings(settings).var_dir).published), text)
    if as_json:
        print(json.dumps([vars_of(person) for person in found], indent=2, default=str))
        return
    for person in found:
        print(f"{person.person_id}  {person.name or ''} <{person.email or 'no address'}>")
    if not found:
        print("Nobody found.")
        raise typer.Exit(1)
