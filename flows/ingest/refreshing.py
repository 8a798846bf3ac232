"""Load what has landed, build, check, publish: the steps of a refresh, for the flow and for whoever has no server."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from counterfoil.bank_accounts import BankAccount
from counterfoil.paths import Paths
from warehouse.build import build
from warehouse.load import LoadReport, load_landed
from warehouse.publish import PublishReport, publish


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of it, and the seconds that each step took."""

    loaded: LoadReport
    published: PublishReport
    seconds: dict[str, float]


def refresh(
    paths: Paths,
    zone: str,
    bank_accounts: Sequence[BankAccount] = (),
    *,
    now: Callable[[], datetime],
    only_changes: bool,
    say: Callable[[str], None],
) -> Refreshed:
    """Bring the published file up to what has landed. Raises DatabaseBusy.

    `bank_accounts`: those of the settings; what else is needed of the settings is the zone in which days are cut.
    `only_changes`: the next file is the last one with what changed replaced; else it is checked and written whole.
    """
    seconds: dict[str, float] = {}
    began = time.monotonic()

    def took(step: str) -> None:
        nonlocal began
        seconds[step] = round(time.monotonic() - began, 3)
        began = time.monotonic()

    loaded = load_landed(paths, progress=say)
    took("load")
    build(paths, reporting_time_zone=zone, bank_accounts=bank_accounts)
    took("build")
    published = publish(paths, now=now(), only_changes=only_changes)
    took("check and publish")
    return Refreshed(loaded, published, seconds)
