"""The flow that looks for what is stuck, failing or broken, and tells somebody: each thing once, and its end."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from filelock import FileLock
from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from counterfoil.paths import Paths
from counterfoil.prefect_api import PrefectApi
from counterfoil.requests import utc_now
from counterfoil.settings import Settings, load_settings
from flows.watching.channels import channels_of
from flows.watching.findings import Finding, look
from flows.watching.told import read_known, tell, write_known

PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Watched:
    """What one look found, how much of it was told, and what was in the way of that."""

    found: tuple[Finding, ...]
    told: int
    channels: int
    trouble: tuple[str, ...]

    def sentence(self) -> str:
        """One line for the run."""
        wrong = "; ".join(one.sentence for one in self.found) or "Nothing is wrong."
        whom = f" {self.told} news told." if self.channels else " Nobody is to be told: [alerts] names no address."
        return " ".join([wrong + whom, *self.trouble])


@flow(name="watch", persist_result=False)
async def watch() -> State[Any]:
    """Ends Failed where somebody could not be told; the next run tries again."""
    watched = await asyncio.to_thread(watch_once, load_settings(), utc_now())
    return (Failed if watched.trouble else Completed)(message=watched.sentence())


def watch_once(settings: Settings, now: datetime) -> Watched:
    """Look, tell, and keep who was told. One at a time: a second call waits for the first."""
    paths, alerts = Paths(settings.var_dir), settings.alerts
    paths.watch.mkdir(parents=True, exist_ok=True)
    with FileLock(str(paths.watch / "lock")):
        found = look_now(settings, now)
        channels = channels_of(settings)
        known = read_known(paths.watch / "told.json")
        told = tell(known, found, channels, now, timedelta(hours=alerts.again_after_hours))
        write_known(paths.watch / "told.json", told.known)
    return Watched(tuple(found), told.news, len(channels), told.trouble)


def look_now(settings: Settings, now: datetime) -> list[Finding]:
    """Everything that is wrong; tells nobody."""
    api = PrefectApi(os.environ.get("PREFECT_API_URL", settings.prefect.api_url), patience_s=PATIENCE_S)
    try:
        return look(api, Paths(settings.var_dir).inbox, settings.alerts, now)
    finally:
        api.close()
