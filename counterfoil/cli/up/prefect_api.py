"""The few calls that start-up needs of Prefect's API: pools, limits, runs of deployments and their states."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

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


class PrefectSilent(RuntimeError):
    """The server did not answer, or refused."""


class PrefectApi:
    """Prefect's API at `api_url`; every call is retried while SQLite answers 503 or a busy machine answers late.

    All calls may be repeated: what they make has a name or a key.
    """

    def __init__(self, api_url: str) -> None:
        self._client = httpx.Client(base_url=api_url, timeout=30)

    def is_healthy(self) -> bool:
        try:
            return self._client.get("/health").status_code == 200
        except httpx.HTTPError:
            return False

    def ensure_pool(self, name: str, kind: str, concurrency: int | None = None) -> None:
        """Make the work pool unless it is there."""
        body: dict[str, Any] = {"name": name, "type": kind, "base_job_template": {}, "concurrency_limit": concurrency}
        if self._call("GET", f"/work_pools/{name}", accept=(200, 404)).status_code == 404:
            self._call("POST", "/work_pools/", json=body, accept=(201, 409))

    def deployment_id(self, name: str) -> str | None:
        """The id of "flow/deployment"; None where it is not deployed."""
        answer = self._call("GET", f"/deployments/name/{name}", accept=(200, 404))
        return str(answer.json()["id"]) if answer.status_code == 200 else None

    def drop_late_schedules(self, now: datetime) -> int:
        """Delete scheduled runs that schedules made and whose time passed while nothing ran; return how many.

        The next run of the schedule does what they would have done. Runs that a person or a flow made are kept.
        """
        late = {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": now.isoformat()}}
        dropped = offset = 0
        while rows := self._call("POST", "/flow_runs/filter", json={"flow_runs": late, "offset": offset}).json():
            made = [row["id"] for row in rows if row["auto_scheduled"]]
            for run_id in made:
                self._call("DELETE", f"/flow_runs/{run_id}", accept=(204, 404))
            dropped += len(made)
            offset += len(rows) - len(made)
        return dropped

    def start(self, deployment: str, parameters: dict[str, Any]) -> str:
        """Schedule a run of "flow/deployment" now; return its id."""
        found = self.deployment_id(deployment)
        if found is None:
            raise LookupError(f"{deployment} is not deployed; run `counterfoil up` once to deploy prefect.yaml.")
        body: dict[str, Any] = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        body["idempotency_key"] = f"up-{uuid.uuid4().hex}"
        run: dict[str, Any] = self._call("POST", f"/deployments/{found}/create_flow_run", json=body).json()
        return str(run["id"])

    def state(self, run_id: str) -> RunState:
        run: dict[str, Any] = self._call("GET", f"/flow_runs/{run_id}").json()
        state = run.get("state") or {}
        return RunState(run_id, state.get("type", ""), state.get("name", ""), state.get("message") or "")

    def wait(self, run_id: str, timeout_s: float, on_wait: Callable[[RunState], None]) -> RunState:
        """Wait until the run is final; raise TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            state = self.state(run_id)
            if state.is_final:
                return state
            on_wait(state)
            time.sleep(0.5)
        raise TimeoutError(f"The flow run {run_id} was not finished after {timeout_s:.0f} s.")

    def close(self) -> None:
        self._client.close()

    def _call(
        self, method: str, path: str, *, json: Any = None, accept: tuple[int, ...] = (200, 201)
    ) -> httpx.Response:
        last = ""
        for attempt in range(12):
            try:
                answer = self._client.request(method, path, json=json)
            except httpx.TransportError as error:
                last = f"no answer ({type(error).__name__})"
            else:
                if answer.status_code in accept:
                    return answer
                last = f"{answer.status_code}: {answer.text[:300]}"
                if answer.status_code != 503:
                    break
            time.sleep(min(2.0, 0.1 * 2**attempt))
        raise PrefectSilent(f"Prefect gave {last} to {method} {path}. Its log: var/logs/prefect-server.log")
