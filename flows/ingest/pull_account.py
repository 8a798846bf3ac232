"""Flow: pull one account, or replay recorded answers as if they had been pulled."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, get_run_logger

from connectors.registry import gateway_of
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings
from flows.ingest.accounts import open_reader
from flows.ingest.pulling import pull
from flows.ingest.replaying import replay as replay_answers


@flow(name="pull-account", flow_run_name="pull {account}")
def pull_account(account: str, replay: str | None = None) -> dict[str, int]:
    """Land what is new at `account` (gateway/label); with `replay`, the answers of that file or folder instead.

    Returns resource -> landed rows.
    """
    settings = load_settings()
    paths = Paths(settings.var_dir)
    say = get_run_logger().info
    if replay is not None:
        settings.account(account)
        return replay_answers(gateway_of(account), account, Path(replay), paths.landing, now=utc_now()).rows
    with open_reader(settings, account) as (gateway, reader):
        return pull(gateway, reader, account, paths.landing, now=utc_now(), say=say).rows
