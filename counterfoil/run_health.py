"""What Prefect's runs tell about the health of the whole: which wait too long, which hang, which fail again and again.

Reads only. Raises QueueUnavailable or CallRefused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from counterfoil.prefect_api import PrefectApi

MOST = 200
_IN_LINE = "AwaitingConcurrencySlot"
"""The state of a run that waits for another one of its deployment, as it should."""
_ENDED = ["COMPLETED", "FAILED", "CRASHED"]


@dataclass(frozen=True, slots=True)
class Laggard:
    """A run that should have gone on by now. `since`: when it should have begun, or did."""

    deployment: str
    run_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Failing:
    """A scheduled deployment whose newest runs all failed. `since`: when the oldest of them ended."""

    deployment: str
    times: int
    since: datetime
    message: str
    """What the newest one said."""


class RunHealth:
    """One look; the names of the deployments are read once."""

    def __init__(self, api: PrefectApi) -> None:
        self._api = api
        found = api.post("deployments/filter", {"limit": MOST}).body
        self._names = {str(one["id"]): str(one["name"]) for one in found}
        self._scheduled = [
            str(one["id"]) for one in found if any(it.get("active") for it in one.get("schedules") or ())
        ]

    def waiting_since_before(self, cutoff: datetime) -> list[Laggard]:
        """Runs that should have begun before `cutoff` and have not, of whichever deployment."""
        runs = self._found(["SCHEDULED"], {"expected_start_time": {"before_": cutoff.isoformat()}})
        return self._laggards(runs, cutoff)

    def under_way_since_before(self, cutoff: datetime, deployments: Sequence[str]) -> list[Laggard]:
        """Runs of some deployments whose state has not changed since `cutoff` though they are under way."""
        ids = [one for one, name in self._names.items() if name in deployments]
        runs = self._found(["PENDING", "RUNNING", "CANCELLING"], {"deployment_id": {"any_": ids}})
        return self._laggards(runs, cutoff)

    def failing(self, in_a_row: int, at_once: Sequence[str]) -> list[Failing]:
        """Scheduled deployments whose newest `in_a_row` runs failed; of those in `at_once` the newest one counts."""
        found = []
        for one in self._scheduled:
            wanted = 1 if self._names[one] in at_once else in_a_row
            runs = self._found(_ENDED, {"deployment_id": {"any_": [one]}}, limit=wanted, sort="END_TIME_DESC")
            if len(runs) == wanted and all(run["state_type"] != "COMPLETED" for run in runs):
                message = (runs[0].get("state") or {}).get("message") or runs[0]["state_name"]
                found.append(Failing(self._names[one], wanted, _time(runs[-1]["end_time"]), str(message)))
        return found

    def _found(
        self, types: list[str], more: dict[str, Any], *, limit: int = MOST, sort: str = "EXPECTED_START_TIME_ASC"
    ) -> list[Mapping[str, Any]]:
        body = {"flow_runs": {"state": {"type": {"any_": types}}, **more}, "limit": limit, "sort": sort}
        runs: list[Mapping[str, Any]] = self._api.post("flow_runs/filter", body).body
        return runs

    def _laggards(self, runs: Sequence[Mapping[str, Any]], cutoff: datetime) -> list[Laggard]:
        # A run that was resumed or tried again keeps its first time; since when it waits is what its state says.
        named = [
            Laggard(
                self._names.get(str(run.get("deployment_id")), "a run of no deployment"), str(run["id"]), _since(run)
            )
            for run in runs
            if run["state_name"] != _IN_LINE
        ]
        return [one for one in named if one.since < cutoff]


def _since(run: Mapping[str, Any]) -> datetime:
    changed = (run.get("state") or {}).get("timestamp")
    times = [run.get("next_scheduled_start_time"), run.get("expected_start_time"), changed]
    return max(_time(one) for one in times if one)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
