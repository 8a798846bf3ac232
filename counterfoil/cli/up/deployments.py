"""What start-up asks of Prefect's API beyond the queue: pools, deployments, and runs of deployments and their states.

All of it may be repeated: what is made has a name or a key. Raises QueueUnavailable or CallRefused.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from counterfoil.prefect_api import CallRefused, PrefectApi

FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass(frozen=True, slots=True)
class RunState:
    """Where one flow run stands. `type` is Prefect's state type; `message` is for people."""

    run_id: str
    type: str
    name: str
    message: str

    @property
    def is_final(self) -> bool:
        return self.type in FINAL


def ensure_pool(api: PrefectApi, name: str, kind: str) -> None:
    """Make the work pool unless it is there."""
    if api.get(f"/work_pools/{name}") is not None:
        return
    try:
        api.post("/work_pools/", {"name": name, "type": kind, "base_job_template": {}})
    except CallRefused as refused:
        if refused.status != 409:  # somebody else made it just now
            raise


def deployment_id(api: PrefectApi, name: str) -> str | None:
    """The id of "flow/deployment"; None where it is not deployed."""
    found = api.get(f"/deployments/name/{name}")
    return None if found is None else str(found["id"])


def drop_late_schedules(api: PrefectApi, now: datetime) -> int:
    """Delete scheduled runs that schedules made and whose time passed while nothing ran; return how many.

    The next run of the schedule does what they would have done. Runs that a person or a flow made are kept.
    """
    late = {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": now.isoformat()}}
    dropped = offset = 0
    while rows := api.post("/flow_runs/filter", {"flow_runs": late, "offset": offset}).body:
        made = [row["id"] for row in rows if row["auto_scheduled"]]
        for run_id in made:
            _delete_run(api, run_id)
        dropped += len(made)
        offset += len(rows) - len(made)
    return dropped


def end_orphans(api: PrefectApi, pool: str) -> int:
    """Say of each run that was under way in a pool whose worker is not running that it crashed; return how many.

    Prefect would show it as running for ever, and for five minutes its place would be taken: no other run of a
    deployment with a concurrency limit could begin.
    """
    under_way = {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}
    body = {"flow_runs": under_way, "work_pools": {"name": {"any_": [pool]}}}
    crashed = {"type": "CRASHED", "message": "Its worker had ended before it did."}
    ended = 0
    while rows := api.post("/flow_runs/filter", body).body:
        answers = [api.post(f"/flow_runs/{row['id']}/set_state", {"state": crashed, "force": True}) for row in rows]
        accepted = sum(answer.body["status"] == "ACCEPT" for answer in answers)
        ended += accepted
        if not accepted:
            break
    return ended


def start_run(api: PrefectApi, deployment: str, parameters: dict[str, Any]) -> str:
    """Schedule a run of "flow/deployment" now; return its id."""
    found = deployment_id(api, deployment)
    if found is None:
        raise LookupError(f"{deployment} is not deployed; run `counterfoil up` once to deploy prefect.yaml.")
    body: dict[str, Any] = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
    body["idempotency_key"] = f"up-{uuid.uuid4().hex}"
    return str(api.post(f"/deployments/{found}/create_flow_run", body).body["id"])


def state_of(api: PrefectApi, run_id: str) -> RunState:
    """Where the run stands now."""
    run: dict[str, Any] = api.call("GET", f"/flow_runs/{run_id}").body
    state = run.get("state") or {}
    return RunState(run_id, state.get("type", ""), state.get("name", ""), state.get("message") or "")


def wait_for(api: PrefectApi, run_id: str, timeout_s: float, on_wait: Callable[[RunState], None]) -> RunState:
    """Wait until the run is final; raise TimeoutError."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        state = state_of(api, run_id)
        if state.is_final:
            return state
        on_wait(state)
        time.sleep(0.5)
    raise TimeoutError(f"The flow run {run_id} was not finished after {timeout_s:.0f} s.")


def _delete_run(api: PrefectApi, run_id: str) -> None:
    try:
        api.call("DELETE", f"/flow_runs/{run_id}")
    except CallRefused as refused:
        if refused.status != 404:
            raise
