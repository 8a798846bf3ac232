"""The queue of actions is Prefect's scheduled flow runs. This is how the web service and the CLI speak to it.

One request, one id, one run: the request id is the run's idempotency key. Prefect hands back the old run for a known
key whatever the parameters are, so they are compared here.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from counterfoil.action_runs import ActionRun, action_run
from counterfoil.approvals import Approval, ApprovalInvalid, Preview
from counterfoil.people import agent_tag, is_same_person
from counterfoil.prefect_api import CallRefused, PrefectApi, QueueUnavailable
from counterfoil.requests import ActionRequest, tags_of
from counterfoil.tls import shared_context

DEPLOYMENT = "carry-out/carry-out"
ACTION_FLOWS = ("carry-out", "settle-request")
ITEM_FLOW = "carry-out-item"
BATCH_FLOW = "carry-out-batch"
FLOWS = (*ACTION_FLOWS, ITEM_FLOW)
"""The flows whose runs are about one action each."""
PAGE = 200
MOST = 20_000
"""Runs that one question is answered with: a bad day's batches, all of them pending, and more."""


class RequestConflict(ValueError):
    """The same request id came with other content. Nothing was queued."""


class EarlierRequest(Exception):
    """The same action was asked for a short time ago under another id; ask again with `is_again` if it is meant."""

    def __init__(self, run: ActionRun) -> None:
        super().__init__(
            f"The same was asked for at {run.created_at:%H:%M} UTC: {run.state_name}. {run.sentence}".strip()
        )
        self.run = run


class NotWaiting(ValueError):
    """The run does not wait for an approval: it was decided, cancelled or never needed one."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """`is_new` is False where the same request had been queued before."""

    run_id: str
    is_new: bool


class Queue:
    """The queue at one Prefect server. `nudge_url` is where the action worker listens for "there is work"."""

    def __init__(
        self,
        api_url: str,
        *,
        nudge_url: str | None = None,
        again_within_minutes: int = 10,
        patience_s: float = 20.0,
        at_once: int = 3,
    ) -> None:
        self.api = PrefectApi(api_url, patience_s=patience_s, at_once=at_once)
        self._nudge_url = nudge_url
        self._again_within = timedelta(minutes=again_within_minutes)
        self._deployments: dict[str, str] = {}
        self._lock = threading.Lock()
        self._nudges = httpx.Client(timeout=0.5, verify=shared_context())

    def submit(self, request: ActionRequest, signature: str) -> Submitted:
        """Queue a signed request. Raises RequestConflict, EarlierRequest or QueueUnavailable."""
        if not request.is_again:
            self._stop_a_repetition(request)
        tags = [*tags_of(request), agent_tag(request.requester)]
        parameters = {"request": asdict(request), "signature": signature}
        submitted = self.create_run(DEPLOYMENT, parameters, key=request.request_id, tags=tags)
        self.nudge(submitted.run_id)
        return submitted

    def create_run(self, deployment: str, parameters: dict[str, Any], *, key: str, tags: Sequence[str]) -> Submitted:
        """Create one scheduled run of a deployment, once per key. Raises RequestConflict or QueueUnavailable."""
        body = {"parameters": parameters, "idempotency_key": key, "tags": list(tags)}
        answer = self.api.post(f"deployments/{self._deployment_id(deployment)}/create_flow_run", body)
        if answer.status != 201 and not _is_same(answer.body["parameters"], parameters):
            raise RequestConflict(f"The id {key} was used before for another request; start again with a new form.")
        return Submitted(answer.body["id"], answer.status == 201)

    def _stop_a_repetition(self, request: ActionRequest) -> None:
        since = datetime.now(UTC) - self._again_within
        tags = [f"{request.object_kind}:{request.object_id}", f"action:{request.action}", f"account:{request.account}"]
        runs = [run for run in self._filtered({"all_": tags}, since, PAGE) if run.created_at >= since]
        if any(run.request_id == request.request_id for run in runs):
            return
        for run in runs:
            if run.counts and is_repetition(run, request.amount_minor):
                raise EarlierRequest(run)

    def run(self, run_id: str) -> ActionRun | None:
        """One run, or None where there is none of this id."""
        try:
            raw = self.api.get(f"flow_runs/{run_id}")
        except CallRefused as refused:
            if refused.status == 422:
                return None
            raise
        return action_run(raw) if raw else None

    def runs(
        self,
        *,
        tag: str | None = None,
        since: datetime | None = None,
        limit: int = 200,
        flows: Sequence[str] = FLOWS,
        state: dict[str, Any] | None = None,
    ) -> list[ActionRun]:
        """Runs of actions, newest first, with what settled them later. `state`: one of Prefect's state filters."""
        return self._filtered({"all_": [tag]} if tag else None, since, limit, state, flows)

    def batches(self, *, state: dict[str, Any] | None = None, limit: int = 200) -> list[ActionRun]:
        """Runs of batches, newest first; each item of one is a run of its own."""
        return self._searched({"state": state} if state else {}, limit, (BATCH_FLOW,))

    def runs_by_id(self, run_ids: Sequence[str]) -> list[ActionRun]:
        """The runs of these ids that there are."""
        return self._by("id", run_ids, FLOWS)

    def runs_by_key(self, keys: Sequence[str], flow: str) -> list[ActionRun]:
        """The runs of one flow that were queued under these idempotency keys."""
        return self._by("idempotency_key", keys, (flow,))

    def runs_of_any(self, tags: Sequence[str], since: datetime) -> list[ActionRun]:
        """Runs that carry at least one of the tags, newest first."""
        return self._filtered({"any_": list(tags)}, since, MOST)

    def runs_in(self, state: dict[str, Any], since: datetime | None = None) -> list[ActionRun]:
        """Runs whose state passes one of Prefect's state filters, newest first."""
        return self._filtered(None, since, MOST, state)

    def all_runs(self) -> list[ActionRun]:
        """Every run of an action or a batch that Prefect still has."""
        return self._searched({}, 1_000_000, (*FLOWS, BATCH_FLOW))

    def finished_runs(self, *, since: datetime | None) -> list[ActionRun]:
        """Runs of actions and batches that ended at or after `since`."""
        ended = {"after_": since.isoformat()} if since else {"is_null_": False}
        return self._searched({"end_time": ended}, 1_000_000, (*FLOWS, BATCH_FLOW))

    def current(self, request_id: str) -> ActionRun | None:
        """The run that says what came of a request: the newest finished one, else the one that is under way."""
        runs = self.runs(tag=f"request:{request_id}")
        said = (run for run in runs if run.state_type == "COMPLETED")
        return next(said, None) or next((run for run in runs if run.is_finished), runs[0] if runs else None)

    def _filtered(
        self,
        tags: dict[str, Any] | None,
        since: datetime | None,
        limit: int,
        state: dict[str, Any] | None = None,
        flows: Sequence[str] = FLOWS,
    ) -> list[ActionRun]:
        chosen: dict[str, Any] = {}
        if tags:
            chosen["tags"] = tags
        if state:
            chosen["state"] = state
        if since:
            chosen["expected_start_time"] = {"after_": since.isoformat()}
        return self._searched(chosen, limit, flows)

    def _by(self, field: str, values: Sequence[str], flows: Sequence[str]) -> list[ActionRun]:
        found: list[ActionRun] = []
        for start in range(0, len(values), PAGE):
            found += self._searched({field: {"any_": list(values[start : start + PAGE])}}, PAGE, flows)
        return found

    def _searched(self, chosen: dict[str, Any], limit: int, flows: Sequence[str]) -> list[ActionRun]:
        body = {"flow_runs": chosen, "flows": {"name": {"any_": list(flows)}}, "sort": "EXPECTED_START_TIME_DESC"}
        found: list[ActionRun] = []
        while len(found) < limit:
            page = self.api.post(
                "flow_runs/filter", {**body, "limit": min(PAGE, limit - len(found)), "offset": len(found)}
            )
            found += [action_run(raw) for raw in page.body]
            if len(page.body) < PAGE:
                break
        return sorted(found, key=lambda run: (run.created_at, run.run_id), reverse=True)

    def states(self, run_id: str) -> list[dict[str, Any]]:
        """The states that a run went through, oldest first, as Prefect keeps them."""
        found = self.api.get(f"flow_run_states/?flow_run_id={run_id}") or []
        return sorted(found, key=lambda state: str(state["timestamp"]))

    def preview(self, run_id: str) -> Preview | None:
        """What a waiting run asks to be approved; show all of it, then bind the approval to its `digest`."""
        body = {
            "artifacts": {"flow_run_id": {"any_": [run_id]}, "key": {"like_": "preview-%"}},
            "sort": "CREATED_DESC",
            "limit": 1,
        }
        found = self.api.post("artifacts/filter", body).body
        return Preview(**found[0]["data"]) if found else None

    def approve(self, run_id: str, approval: Approval, signature: str) -> None:
        """Hand in a signed approval and let the run go on. Raises NotWaiting, ApprovalInvalid or QueueUnavailable.

        The worker judges it again; only what is plainly wrong is stopped here, so that the run keeps waiting.
        """
        self._decide(run_id, approval, signature)

    def deny(self, run_id: str, approval: Approval, signature: str) -> None:
        """Hand in a signed denial (`decision="deny"`); the run ends as Refused. Raises NotWaiting."""
        self._decide(run_id, approval, signature)

    def _decide(self, run_id: str, approval: Approval, signature: str) -> None:
        run = self.run(run_id)
        if run is None or run.state_type != "PAUSED":
            raise NotWaiting("This run does not wait for an approval; look at its state.")
        if is_same_person(approval.approver, str(run.request.get("requester", ""))):
            raise ApprovalInvalid("Nobody approves a request of their own; ask another person.")
        value = {"approval": asdict(approval), "signature": signature}
        unique = hashlib.sha256(signature.encode()).hexdigest()[:16]
        self.add_input(run_id, input_prefix(approval.digest) + unique, value)
        self.resume(run_id)

    def add_input(self, run_id: str, key: str, value: dict[str, Any]) -> None:
        """Keep a value beside a run; the same key again changes nothing."""
        try:
            self.api.post(f"flow_runs/{run_id}/input", {"key": key, "value": json.dumps(value)})
        except CallRefused as refused:
            if refused.status != 409:
                raise

    def inputs(self, run_id: str, prefix: str) -> list[Any]:
        """The values kept beside a run under keys that begin with `prefix`."""
        found = self.api.post(f"flow_runs/{run_id}/input/filter", {"prefix": prefix, "limit": 50}).body
        return [json.loads(one["value"]) for one in found]

    def resume(self, run_id: str) -> None:
        """Let a waiting run go on. Raises NotWaiting."""
        answer = self.api.post(f"flow_runs/{run_id}/resume", {}).body
        if answer["status"] != "ACCEPT":
            reason = (answer.get("details") or {}).get("reason") or answer["status"]
            raise NotWaiting(f"The run could not go on: {reason}")
        self.nudge(run_id)

    def cancel(self, run_id: str) -> ActionRun | None:
        """Ask for a stop. What has not reached the gateway is stopped; what has is told as it is."""
        self.set_state(run_id, "CANCELLING", "Cancelling", "A stop was asked for.")
        return self.run(run_id)

    def set_state(self, run_id: str, state_type: str, name: str, message: str) -> str:
        """Propose a state; return ACCEPT, REJECT, WAIT or ABORT, which say more than the HTTP status."""
        state = {"type": state_type, "name": name, "message": message}
        return str(self.api.post(f"flow_runs/{run_id}/set_state", {"state": state}).body["status"])

    def add_labels(self, run_id: str, labels: dict[str, Any]) -> None:
        """Write labels onto a run."""
        self.api.call("PATCH", f"flow_runs/{run_id}/labels", labels)

    def add_artifact(self, run_id: str, key: str, data: dict[str, Any]) -> None:
        """Keep a JSON artifact beside a run."""
        self.api.post("artifacts/", {"key": key, "type": "json", "data": data, "flow_run_id": run_id})

    def nudge(self, run_id: str) -> None:
        """Tell the worker that there is work. Nobody listening is no error: the worker also looks by itself."""
        if self._nudge_url is None:
            return
        try:
            self._nudges.post(self._nudge_url, json={"run_id": run_id})
        except httpx.HTTPError:
            return

    def _deployment_id(self, name: str) -> str:
        with self._lock:
            if name not in self._deployments:
                found = self.api.get(f"deployments/name/{name}")
                if not found:
                    raise QueueUnavailable(f"{name} is not deployed at {self.api.api_url}; run `counterfoil up` first.")
                self._deployments[name] = str(found["id"])
            return self._deployments[name]

    def close(self) -> None:
        """Give the connections back."""
        self.api.close()
        self._nudges.close()


def is_repetition(run: ActionRun, amount_minor: int | None) -> bool:
    """Whether a run asked for the same amount; "all that is left" is taken as the same as any."""
    return run.amount_minor is None or amount_minor is None or run.amount_minor == amount_minor


def input_prefix(digest: str) -> str:
    """Under which keys the approvals of one preview are kept."""
    return f"approval-{digest[:24]}-"


def _is_same(known: dict[str, Any], sent: dict[str, Any]) -> bool:
    return _meaning(known) == _meaning(sent)


def _meaning(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters without what differs between two signings of one request: the time, and so the signature."""
    request = parameters.get("request")
    if not isinstance(request, dict):
        return parameters
    rest = {name: value for name, value in parameters.items() if name not in ("request", "signature")}
    return {**rest, "request": {name: value for name, value in request.items() if name != "requested_at"}}
