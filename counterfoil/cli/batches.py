"""`batch …`: many refunds at once, from a CSV file or a filter, as local accounts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.approvals import Decision
from counterfoil.batch_lists import FrozenList, batch_of, freeze, read_list
from counterfoil.batch_policy import evaluate_batch
from counterfoil.batch_queue import asked_before, decide, find_batch, submit_batch, take_step
from counterfoil.batches import BatchRequest, Signer, Step, new_batch_id
from counterfoil.cli import batch_output as output
from counterfoil.cli.actions import Name, Password, RunId, open_queue, signed_in
from counterfoil.cli.options import Json, SettingsFile
from counterfoil.paths import Paths
from counterfoil.policy import load_policy
from counterfoil.queue import Queue
from counterfoil.requests import utc_now
from counterfoil.settings import Settings, load_settings
from counterfoil.signing_keys import private_key

if TYPE_CHECKING:
    from warehouse.batches.dry_run import Judge
    from warehouse.batches.filters import BatchFilter

app = typer.Typer(no_args_is_help=True, help="Many refunds at once: a list, a dry run, one approval, a result file.")
Text = Annotated[str | None, typer.Option(help="With a filter: only this one.")]


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="CSV: charge, account, amount, currency, ticket.", exists=True, dir_okay=False)
    ] = None,
    saved: Annotated[str | None, typer.Option("--filter", help="Instead of a file: a filter of the settings.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Instead of a file: charges from this day on."),
    ] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Up to this day.")] = None,
    duplicates: Annotated[bool, typer.Option(help="Only those that were likely taken twice.")] = False,
    account: Text = None,
    currency: Text = None,
    product: Text = None,
    role: Annotated[str, typer.Option(help="Whose limits count.")] = "lead",
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Make a list and say what would happen: totals, what is left out and why. Nothing is asked for."""
    from warehouse.batches.dry_run import Judge
    from warehouse.batches.filters import BatchFilter
    from warehouse.published import NothingPublished

    loaded = load_settings(settings)
    asked: Path | BatchFilter | None = file
    if file is None and since is not None:
        last = (until or datetime.now(loaded.zone)).date()
        asked = BatchFilter("duplicates" if duplicates else "all", since.date(), last, account, currency, product)
    if saved is not None:
        asked = _saved(loaded, saved)
    if asked is None:
        raise typer.BadParameter("Give a CSV file, a --filter of the settings, or a filter that begins with --from.")
    judge = Judge(loaded, load_policy(loaded.policy_file), role, utc_now())
    try:
        found = _judged(judge, loaded, asked)
    except NothingPublished as error:
        raise typer.BadParameter(f"{error} Run `counterfoil publish` first.") from None
    output.print_list(freeze(Paths(loaded.var_dir).batches, found), found, as_json=as_json)


@app.command()
def request(
    digest: Annotated[str, typer.Argument(metavar="LIST", help="The digest that `batch check` printed.")],
    reason: Annotated[str, typer.Option(help="A reason code of the policy.")],
    text: Annotated[str, typer.Option(help="Why, in a few words.")],
    name: Name,
    password: Password,
    again: Annotated[bool, typer.Option(help="You know that this list was asked for before.")] = False,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Ask for everything on a list, signed in your name; another person approves it."""
    loaded = load_settings(settings)
    queue, by = open_queue(loaded), _signer(loaded, name, password)
    found = read_list(Paths(loaded.var_dir).batches, digest)
    batch = batch_of(found, digest, batch_id=new_batch_id(), reason=(reason, text), by=by, now=utc_now())
    verdict = evaluate_batch(load_policy(loaded.policy_file), batch)
    if verdict.kind == "refused":
        raise typer.BadParameter(verdict.sentence)
    if (earlier := asked_before(queue, digest, found.source)) and not again:
        who = earlier[0].run.request.get("requester")
        raise typer.BadParameter(f"{who} asked for this list before, in run {earlier[0].run.run_id}. Add --again.")
    submitted = submit_batch(queue, batch, by)
    output.print_asked(batch, submitted.run_id, as_json=as_json)


@app.command()
def approve(
    run: RunId,
    name: Name,
    password: Password,
    comment: Annotated[str, typer.Option(help="For the trail.")] = "",
    settings: SettingsFile = None,
) -> None:
    """Approve a batch: exactly the list that it was asked for with."""
    _decide(settings, run, name, password, "approve", comment)


@app.command()
def deny(
    run: RunId,
    name: Name,
    password: Password,
    comment: Annotated[str, typer.Option(help="Why; for the requester and the trail.")],
    settings: SettingsFile = None,
) -> None:
    """Deny a batch; nothing of it is carried out."""
    _decide(settings, run, name, password, "deny", comment)


@app.command()
def pause(run: RunId, name: Name, password: Password, settings: SettingsFile = None) -> None:
    """Begin nothing more until somebody resumes the batch."""
    _step(settings, run, name, password, "pause")


@app.command()
def resume(run: RunId, name: Name, password: Password, settings: SettingsFile = None) -> None:
    """Go on with a batch that was paused."""
    _step(settings, run, name, password, "resume")


@app.command()
def stop(run: RunId, name: Name, password: Password, settings: SettingsFile = None) -> None:
    """End a batch: what was begun is finished, the rest never begins."""
    _step(settings, run, name, password, "stop")


@app.command("list")
def list_batches(
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 20,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """List the latest batches and how far they are."""
    output.print_batches(open_queue(load_settings(settings)).batches(limit=limit), as_json=as_json)


@app.command()
def result(
    run: RunId,
    to: Annotated[Path | None, typer.Option(help="The CSV file to write; else it is printed.", dir_okay=False)] = None,
    settings: SettingsFile = None,
) -> None:
    """Write what came of every line of a batch as CSV, also while it goes on."""
    loaded = load_settings(settings)
    queue = open_queue(loaded)
    batch = _batch(queue, run)
    body = output.result_csv(queue, batch, read_list(Paths(loaded.var_dir).batches, batch.list_digest))
    if to is None:
        typer.echo(body.decode("utf-8-sig"), nl=False)
    else:
        to.write_bytes(body)


def _saved(settings: Settings, name: str) -> BatchFilter:
    from warehouse.batches.filters import kept_filter

    for one in settings.batch_filters:
        if one.name == name:
            return kept_filter(one, datetime.now(settings.zone).date())
    known = ", ".join(one.name for one in settings.batch_filters) or "none"
    raise typer.BadParameter(f"There is no filter {name!r} in the settings; there are: {known}.")


def _judged(judge: Judge, settings: Settings, asked: Path | BatchFilter) -> FrozenList:
    from warehouse.batches.csv_list import read_csv, source_of
    from warehouse.batches.filters import matching
    from warehouse.published import PublishedFile

    published = PublishedFile(Paths(settings.var_dir).published)
    if not isinstance(asked, Path):
        return judge.judged(published, matching(published, asked), asked.source)
    body = asked.read_bytes()
    return judge.judged(published, read_csv(body), source_of(asked.name, body))


def _decide(settings: Path | None, run_id: str, name: str, password: str, decision: Decision, comment: str) -> None:
    loaded = load_settings(settings)
    queue, by = open_queue(loaded), _signer(loaded, name, password)
    batch = _batch(queue, run_id)
    decide(queue, run_id, batch, decision, by, comment=comment, now=utc_now())
    done = "Approved" if decision == "approve" else "Denied"
    typer.echo(f"{done}: {batch.items:,} refunds for {batch.requester}.")


def _step(settings: Path | None, run_id: str, name: str, password: str, step: Step) -> None:
    loaded = load_settings(settings)
    queue, by = open_queue(loaded), _signer(loaded, name, password)
    take_step(queue, run_id, _batch(queue, run_id), step, by, now=utc_now())
    typer.echo(f"Asked for: {step}. See `counterfoil batch list`.")


def _signer(settings: Settings, name: str, password: str) -> Signer:
    user = signed_in(settings, name, password)
    return Signer(user.name, user.role, "cli", private_key(Paths(settings.var_dir).keys))


def _batch(queue: Queue, run_id: str) -> BatchRequest:
    found = find_batch(queue, run_id)
    if found is None or found.batch is None:
        raise typer.BadParameter(f"There is no batch with the run {run_id}.")
    return found.batch
