"""Actions: the newest runs, and one run's whole story, which updates itself while it goes on."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from connectors.actions import ACTIONS
from counterfoil.action_runs import ActionRun
from counterfoil.approvals import Preview
from counterfoil.people import is_same_person
from dashboards.downloads import download
from dashboards.filters import Query
from dashboards.listing import select, text_field, window
from dashboards.roles import ActionReader, NotAllowed, Visitor
from dashboards.service import Service, service_of
from dashboards.shown_run import shown_run
from dashboards.state_words import state_class, words
from dashboards.table import Column, Row, Table
from dashboards.titles import details_in_words, full_title
from warehouse.published import NothingPublished
from warehouse.reads import audit

router = APIRouter()
RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
STATES = (
    "Scheduled",
    "Running",
    "Awaiting approval",
    "Pending",
    "Done",
    "Refused",
    "Failed later",
    "Failed",
    "Crashed",
    "Cancelled",
)
_STATE_WORDS = {
    "PENDING": "Starting",
    "SCHEDULED": "Queued",
}


@router.get("/actions")
def actions(request: Request, visitor: ActionReader) -> Response:
    """The newest runs; an agent sees their own."""
    service = service_of(request)
    query = Query(request)
    state, agent, object_id = query.choice("state", STATES), query.text("agent"), query.text("object_id")
    name = query.choice("action", ACTIONS)
    shown = window(query)
    query.done()
    runs = [run for run in service.live.all(now=service.clock()) if visitor.role != "agent" or is_own(run, visitor)]
    rows = [_row(run) for run in runs if _passes(run, state, agent, object_id, name)]
    if shown.is_file:
        return download(_table(rows, False), shown.kind)
    cut, has_more = shown.cut(rows[shown.offset :])
    fields = [
        select("state", "State", state, STATES),
        select("action", "Action", name, {one: full_title(one) for one in ACTIONS}),
        text_field("agent", "Agent", agent),
        text_field("object_id", "Charge or other object", object_id),
    ]
    return service.pages.html(
        request,
        visitor,
        "actions.html",
        table=_table(list(cut), has_more),
        fields=fields,
        page=shown.page,
        waiting=[run for run in runs if run.state_name == "Awaiting approval"],
        is_live=service.live.is_reachable,
    )


@router.get("/actions/{run_id}")
def action(request: Request, visitor: ActionReader, run_id: str) -> Response:
    """One run: what was asked for, by whom and why, its states, and what the audit log holds of it."""
    service = service_of(request)
    Query(request).done()
    run = find_run(service, visitor, run_id)
    now = _current(service, run)
    preview = service.queue.preview(run_id) if run.state_name == "Awaiting approval" else None
    return service.pages.html(
        request,
        visitor,
        "action.html",
        run=run,
        now_run=now,
        settled=now.run_id != run.run_id,
        state=state_words(now),
        is_finished=is_settled(now),
        states=service.queue.states(run_id),
        story=_story(service, run),
        preview=preview,
        digest=preview.digest if preview else "",
        reason=service.policy.reasons.get(str(run.request.get("reason_code"))),
        shown=shown_run(service, visitor, run),
        may_decide=visitor.role in service.policy.approvers and not is_own(run, visitor),
        is_own=is_own(run, visitor),
        approvers=service.policy.approvers,
    )


@router.get("/actions/{run_id}/state")
def state_of(request: Request, visitor: ActionReader, run_id: str) -> JSONResponse:
    """What the page asks every second while the run goes on."""
    service = service_of(request)
    run = _current(service, find_run(service, visitor, run_id))
    return JSONResponse(
        {
            "state": state_words(run),
            "class": state_class(run.state_name),
            "sentence": run.sentence,
            "reference": run.gateway_reference,
            "is_finished": is_settled(run),
        }
    )


def find_run(service: Service, visitor: Visitor, run_id: str) -> ActionRun:
    """A run that the visitor may see; raise 404 or NotAllowed."""
    run = service.queue.run(run_id) if RUN_ID.fullmatch(run_id) else None
    if run is None:
        raise HTTPException(404)
    if visitor.role == "agent" and not is_own(run, visitor):
        raise NotAllowed("agent who did not ask for it", frozenset({"lead", "auditor", "the agent who asked"}))
    return run


def is_own(run: ActionRun, visitor: Visitor) -> bool:
    """Whether the visitor asked for this run."""
    return is_same_person(str(run.request.get("requester") or ""), visitor.name)


def state_words(run: ActionRun) -> str:
    """The state as a person says it; Pending is ours, PENDING is Prefect's word for "about to start"."""
    return _STATE_WORDS.get(run.state_type, run.state_name)


def is_settled(run: ActionRun) -> bool:
    """Whether nothing more is expected to happen."""
    return run.is_finished and run.state_name != "Pending"


def _current(service: Service, run: ActionRun) -> ActionRun:
    """The run that settled this one, where it ended as Pending."""
    if run.state_name != "Pending" or not run.is_finished or not run.request_id:
        return run
    return service.queue.current(run.request_id) or run


def _story(service: Service, run: ActionRun) -> list[dict[str, Any]]:
    try:
        return audit.story(service.published, run.request_id)
    except NothingPublished:
        return []


def _passes(run: ActionRun, state: str | None, agent: str | None, object_id: str | None, name: str | None) -> bool:
    return (
        (state is None or run.state_name == state)
        and (agent is None or agent.lower() in str(run.request.get("requester") or "").lower())
        and (object_id is None or run.request.get("object_id") == object_id)
        and (name is None or run.request.get("action") == name)
    )


def _row(run: ActionRun) -> Row:
    return {
        "run_id": run.run_id,
        "created_at": run.created_at,
        "ended_at": run.ended_at,
        "state": run.state_name if run.is_finished else state_words(run),
        "action": full_title(run.request.get("action")),
        "amount_minor": run.amount_minor,
        "currency": run.currency,
        "object_kind": words(_text(run.request.get("object_kind"))),
        "object_id": run.request.get("object_id"),
        "details": "; ".join(
            f"{label}: {value}" for label, value in details_in_words(run.request.get("details")).items()
        ),
        "requester": run.request.get("requester"),
        "ticket": run.request.get("ticket"),
        "reason": run.request.get("reason_code"),
        "sentence": run.sentence,
        "gateway_reference": run.gateway_reference,
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _table(rows: list[Row], is_cut: bool) -> Table:
    columns = (
        Column("created_at", "Asked at", "time", link=lambda row: f"/actions/{row['run_id']}"),
        Column("state", "State", "state"),
        Column("action", "Action"),
        Column("amount_minor", "Amount", "money"),
        Column("object_kind", "About"),
        Column("object_id", "Object", "code"),
        Column("details", "Details"),
        Column("requester", "Agent"),
        Column("ticket", "Ticket", "code"),
        Column("reason", "Reason"),
        Column("sentence", "What came of it", "sentence"),
        Column("gateway_reference", "Gateway’s reference", "code"),
    )
    return Table("actions", columns, rows, "No action was asked for yet.", is_cut)


def preview_matches(preview: Preview | None, digest: str) -> bool:
    """Whether what would happen now is what the approver saw."""
    return preview is not None and preview.digest == digest
