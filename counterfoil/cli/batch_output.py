"""What the commands of batches print."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import typer

from counterfoil.action_runs import ActionRun
from counterfoil.batch_lists import FrozenList
from counterfoil.batch_queue import batch_run, results
from counterfoil.batches import BatchRequest
from counterfoil.queue import Queue

SAMPLE = 10


def print_list(digest: str, found: FrozenList, *, as_json: bool) -> None:
    """A dry run: totals per currency, what is left out and why, and some of the items."""
    from connectors.money import Money
    from warehouse.batches.dry_run import REASONS

    if as_json:
        told = {"list": digest, "totals": found.totals, "reasons": found.reasons}
        print(json.dumps({**told, **asdict(found)}, indent=2))
        return
    totals = ", ".join(str(Money(minor, currency)) for currency, minor in found.totals.items())
    print(f"{_refunds(len(found.items))}: {totals or 'nothing would move'}.")
    for item in found.items[:SAMPLE]:
        print(f"  line {item.line}: {item.object_id} {Money(item.amount_minor, item.currency)}")
    if len(found.items) > SAMPLE:
        print(f"  and {len(found.items) - SAMPLE:,} more; --json tells all of them.")
    for reason, number in found.reasons.items():
        print(f"Left out, {REASONS.get(reason, reason).lower()}: {number:,}.")
        for one in [one for one in found.excluded if one.reason == reason][:SAMPLE]:
            print(f"  line {one.line}: {one.object_id}: {one.sentence}")
    if found.items:
        print(f"Nothing was asked for. To ask: counterfoil batch request {digest} --reason … --text … --as …")


def print_asked(batch: BatchRequest, run_id: str, *, as_json: bool) -> None:
    """A batch that was queued."""
    if as_json:
        print(json.dumps({"request_id": batch.request_id, "run_id": run_id}, indent=2))
        return
    typer.echo(f"{_refunds(batch.items)} to be approved by another person: counterfoil batch approve {run_id}")


def _refunds(number: int) -> str:
    return "1 refund" if number == 1 else f"{number:,} refunds"


def print_batches(runs: Sequence[ActionRun], *, as_json: bool) -> None:
    """One line each, newest first."""
    if as_json:
        print(json.dumps([asdict(run) for run in runs], indent=2, default=str))
        return
    for run in runs:
        found = batch_run(run)
        size = f"{found.ended:,} of {found.batch.items:,}" if found.batch else "no batch of ours"
        who = found.batch.requester if found.batch else "?"
        print(f"{run.created_at:%Y-%m-%d %H:%M:%S}  {run.state_name:<18} {run.run_id}  {size} by {who}: {run.sentence}")


def result_csv(queue: Queue, batch: BatchRequest, found: FrozenList) -> bytes:
    """What came of every line of the list, in the order of the lines."""
    from dashboards.batch_tables import left_out_rows, result_rows, results_table
    from dashboards.downloads import as_csv

    rows = result_rows(found.items, results(queue, batch, range(len(found.items)))) + left_out_rows(found)
    return as_csv(results_table(sorted(rows, key=lambda row: int(row["line"]))))
