"""A stand-in of the few calls of Prefect's API that the web service makes, on a socket; runs are moved by the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import NAMESPACE_DNS, uuid4, uuid5

import uvicorn
from fastapi import Body, FastAPI
from starlette.responses import JSONResponse, Response

Json = Annotated[dict[str, Any], Body()]
DEPLOYMENT = "11111111-1111-4111-8111-111111111111"


class PrefectStandIn:
    """Keeps runs in memory, one per idempotency key, as Prefect does."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.states: dict[str, list[dict[str, Any]]] = {}
        self.inputs: dict[str, list[dict[str, Any]]] = {}
        self.previews: dict[str, dict[str, Any]] = {}
        self.is_busy = False
        self.lists_after_s = 0.0
        self.port = 0

    def move(self, run_id: str, state_type: str, name: str, message: str, **labels: Any) -> None:
        """Put a run into a state, as the worker would."""
        now = datetime.now(UTC).isoformat()
        run = self.runs[run_id]
        run |= {"state_type": state_type, "state_name": name, "state": {"message": message}}
        run["labels"] |= labels
        if state_type in ("COMPLETED", "FAILED", "CANCELLED", "CRASHED"):
            run["end_time"] = now
        self.states[run_id].append({"timestamp": now, "type": state_type, "name": name, "message": message})

    def wait_for_approval(self, run_id: str, preview: dict[str, Any]) -> None:
        """Suspend a run with what is to be approved."""
        self.previews[run_id] = preview
        self.move(run_id, "PAUSED", "Suspended", "It waits for a lead.")

    def create(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """A run, or the one that has the same key."""
        known = next((run for run in self.runs.values() if run["idempotency_key"] == body["idempotency_key"]), None)
        if known:
            return 200, known
        run_id, now = str(uuid4()), datetime.now(UTC).isoformat()
        run = {**body, "id": run_id, "created": now, "expected_start_time": now, "end_time": None, "labels": {}}
        self.runs[run_id], self.states[run_id], self.inputs[run_id] = run, [], []
        self.move(run_id, "SCHEDULED", "Scheduled", "")
        return 201, run


def _app(prefect: PrefectStandIn) -> FastAPI:
    app = FastAPI()

    @app.get("/api/deployments/name/{flow}/{name}")
    def deployment(flow: str, name: str) -> dict[str, str]:
        return {"id": DEPLOYMENT if flow == "carry-out" else str(uuid5(NAMESPACE_DNS, flow))}

    @app.post("/api/deployments/{deployment_id}/create_flow_run")
    def create(deployment_id: str, body: Json) -> Response:
        if prefect.is_busy:
            return JSONResponse({"detail": "database is locked"}, 503)
        status, run = prefect.create({**body, "deployment_id": deployment_id})
        return JSONResponse(run, status)

    @app.post("/api/flow_runs/filter")
    def filtered(body: Json) -> list[dict[str, Any]]:
        time.sleep(prefect.lists_after_s)
        found = [run for run in prefect.runs.values() if _passes(run, body)]
        return found[body["offset"] : body["offset"] + body["limit"]]

    @app.post("/api/flow_runs/{run_id}/input/filter")
    def inputs(run_id: str, body: Json) -> list[dict[str, Any]]:
        return [one for one in prefect.inputs[run_id] if one["key"].startswith(body["prefix"])]

    @app.get("/api/flow_runs/{run_id}")
    def one(run_id: str) -> Response:
        run = prefect.runs.get(run_id)
        return JSONResponse(run or {"detail": "Flow run not found"}, 200 if run else 404)

    @app.get("/api/flow_run_states/")
    def states(flow_run_id: str) -> list[dict[str, Any]]:
        return prefect.states[flow_run_id]

    @app.post("/api/artifacts/filter")
    def artifacts(body: Json) -> list[dict[str, Any]]:
        run_id = body["artifacts"]["flow_run_id"]["any_"][0]
        return [{"data": prefect.previews[run_id]}] if run_id in prefect.previews else []

    @app.post("/api/flow_runs/{run_id}/input", status_code=201)
    def put_input(run_id: str, body: Json) -> None:
        prefect.inputs[run_id].append(body)

    @app.post("/api/flow_runs/{run_id}/resume")
    def resume(run_id: str) -> dict[str, str]:
        prefect.move(run_id, "SCHEDULED", "Resuming", "")
        return {"status": "ACCEPT"}

    return app


def _passes(run: dict[str, Any], body: dict[str, Any]) -> bool:
    asked = body["flow_runs"]
    flows = {
        DEPLOYMENT if name == "carry-out" else str(uuid5(NAMESPACE_DNS, name)) for name in body["flows"]["name"]["any_"]
    }
    keys, without = asked.get("idempotency_key", {}).get("any_"), asked.get("state", {}).get("name", {}).get("not_any_")
    return (
        run.get("deployment_id", DEPLOYMENT) in flows
        and set(asked.get("tags", {}).get("all_", [])) <= set(run["tags"])
        and (keys is None or run["idempotency_key"] in keys)
        and (without is None or run["state_name"] not in without)
    )


@contextmanager
def running_prefect() -> Iterator[PrefectStandIn]:
    """Serve a stand-in on a free port of 127.0.0.1."""
    prefect = PrefectStandIn()
    server = uvicorn.Server(uvicorn.Config(_app(prefect), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the stand-in of Prefect did not start"
        time.sleep(0.01)
    prefect.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield prefect
    finally:
        server.should_exit = True
        thread.join(5)
