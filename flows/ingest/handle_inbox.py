"""Flow: fetch again what the gateways' webhooks named, and land it."""

from __future__ import annotations

from functools import partial
from typing import Any

from prefect import flow, get_run_logger

from counterfoil.paths import Paths
from counterfoil.settings import load_settings
from flows.ingest.accounts import open_reader
from flows.ingest.hints import handle


class InboxStuck(RuntimeError):
    """Some hints could not be handled; they wait for the next run."""


@flow(name="handle-inbox")
def handle_inbox() -> dict[str, Any]:
    """Returns {"handled", "unreadable"}. Ends Failed, naming the accounts, when hints had to stay."""
    settings = load_settings()
    paths = Paths(settings.var_dir)
    report = handle(paths.inbox, paths.landing, partial(open_reader, settings))
    get_run_logger().info("%s hints handled, %s unreadable", report.handled, report.unreadable)
    if report.failed:
        raise InboxStuck("; ".join(f"{account}: {why}" for account, why in report.failed.items()))
    return {"handled": report.handled, "unreadable": report.unreadable}
