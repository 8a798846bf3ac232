"""A second person's yes or no, signed, and bound to exactly what that person saw."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from counterfoil.approvals import MAX_COMMENT, Approval, sign_approval
from counterfoil.queue import NotWaiting
from dashboards.pages.actions import find_run, is_own, preview_matches
from dashboards.roles import Lead, Visitor
from dashboards.service import service_of

router = APIRouter()


@router.post("/actions/{run_id}/decision")
def decide(
    request: Request,
    visitor: Lead,
    run_id: str,
    decision: Annotated[Literal["approve", "deny"], Form()],
    digest: Annotated[str, Form(max_length=64)],
    comment: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Hand the decision in; the flow checks it again before anything moves."""
    service = service_of(request)
    run = find_run(service, visitor, run_id)
    sentence = _reason_against(run_id, is_own(run, visitor), comment, decision)
    if not sentence and not preview_matches(service.queue.preview(run_id), digest):
        sentence = "What would happen has changed since you looked, or the run no longer waits. Look at it again."
    if sentence:
        return _refused(request, visitor, sentence)
    approval = Approval(
        run_id=run_id,
        request_id=run.request_id,
        digest=digest,
        decision=decision,
        approver=visitor.name,
        role=visitor.role,
        authenticated_by="session",
        comment=comment.replace("\r\n", "\n").strip(),
        decided_at=service.clock().isoformat(),
    )
    hand_in = service.queue.approve if decision == "approve" else service.queue.deny
    try:
        hand_in(run_id, approval, sign_approval(approval, service.signing_key))
    except NotWaiting as error:
        return _refused(request, visitor, str(error))
    service.live.forget()
    return RedirectResponse(f"/actions/{run_id}", 303)


def _reason_against(run_id: str, is_own_request: bool, comment: str, decision: str) -> str:
    if is_own_request:
        return "Nobody approves a request of their own; ask another lead."
    if len(comment) > MAX_COMMENT:
        return f"The comment is longer than {MAX_COMMENT} characters; shorten it."
    if decision == "deny" and not comment.strip():
        return "Write why you deny it, so that the agent can tell the customer."
    return ""


def _refused(request: Request, visitor: Visitor, sentence: str) -> Response:
    pages = service_of(request).pages
    return pages.html(request, visitor, "message.html", status=409, title="Not decided", sentence=sentence)
