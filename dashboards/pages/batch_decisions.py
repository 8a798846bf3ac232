"""What people say of batches: one asks, another approves or denies, and either pauses, resumes or stops. All signed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from counterfoil.approvals import MAX_COMMENT, ApprovalInvalid, Decision
from counterfoil.batch_lists import batch_of
from counterfoil.batch_policy import evaluate_batch
from counterfoil.batch_queue import asked_before, decide, submit_batch, take_step
from counterfoil.batches import Step
from counterfoil.people import is_same_person
from counterfoil.queue import NotWaiting, RequestConflict
from counterfoil.requests import MAX_REASON
from dashboards.pages.batch_lists import list_of, signer_of
from dashboards.pages.batches import found_batch
from dashboards.roles import BatchMaker, Visitor
from dashboards.service import service_of
from dashboards.wishes import FORM_LIVES_S

router = APIRouter()


@router.post("/batches")
def ask(
    request: Request,
    visitor: BatchMaker,
    sealed: Annotated[str, Form(max_length=2_000)],
    reason_code: Annotated[str, Form(max_length=100)] = "",
    reason_text: Annotated[str, Form(max_length=10_000)] = "",
    again: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Queue the batch that the page showed; however often the form is sent, it is one batch."""
    service = service_of(request)
    carried = service.sessions.unseal(sealed, max_age_s=FORM_LIVES_S) or {}
    if carried.get("requester") != visitor.name:
        sentence = "This form is more than an hour old or not yours; nothing was asked for. Open the list again."
        return _refused(request, visitor, sentence, 400)
    digest, by = str(carried["list"]), signer_of(service, visitor)
    found = list_of(service, digest)
    reason = (reason_code, reason_text)
    batch = batch_of(found, digest, batch_id=str(carried["batch"]), reason=reason, by=by, now=service.clock())
    verdict = evaluate_batch(service.policy, batch)
    if verdict.kind == "refused":
        return _refused(request, visitor, verdict.sentence, 400)
    if len(batch.reason_text) > MAX_REASON:
        return _refused(request, visitor, f"The reason is longer than {MAX_REASON} characters; shorten it.", 400)
    earlier = [one for one in asked_before(service.queue, digest, found.source) if one.batch != batch]
    if any(one.run.request_id != batch.request_id for one in earlier) and again != "yes":
        sentence = "This list was asked for before. Look at that batch; if you mean it once more, tick the box."
        return _refused(request, visitor, sentence, 409)
    try:
        submitted = submit_batch(service.queue, batch, by)
    except RequestConflict:
        sentence = "This form was already used for another batch, which stands. Open the list again for a new one."
        return _refused(request, visitor, sentence, 409)
    return RedirectResponse(f"/batches/{submitted.run_id}", 303)


@router.post("/batches/{run_id}/decision")
def decision(
    request: Request,
    visitor: BatchMaker,
    run_id: str,
    decision: Annotated[Decision, Form()],
    digest: Annotated[str, Form(max_length=64)],
    comment: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Hand a yes or a no in; the flow checks it again before anything moves."""
    service = service_of(request)
    _, batch = found_batch(service, run_id)
    comment = comment.replace("\r\n", "\n").strip()
    sentence = ""
    if visitor.role not in service.policy.approvers:
        sentence = f"The role {visitor.role} may not approve; {', '.join(service.policy.approvers)} may."
    elif digest != batch.digest:
        sentence = "This is not the batch that you looked at. Look at it again."
    elif len(comment) > MAX_COMMENT or (decision == "deny" and not comment):
        sentence = f"To deny it, write why, in at most {MAX_COMMENT} characters."
    if sentence:
        return _refused(request, visitor, sentence, 409)
    try:
        by = signer_of(service, visitor)
        decide(service.queue, run_id, batch, decision, by, comment=comment, now=service.clock())
    except (NotWaiting, ApprovalInvalid) as error:
        return _refused(request, visitor, str(error), 409)
    return RedirectResponse(f"/batches/{run_id}", 303)


@router.post("/batches/{run_id}/steps")
def step(request: Request, visitor: BatchMaker, run_id: str, step: Annotated[Step, Form()]) -> Response:
    """Hand a pause, a resume or a stop in."""
    service = service_of(request)
    _, batch = found_batch(service, run_id)
    if visitor.role not in service.policy.approvers and not is_same_person(visitor.name, batch.requester):
        sentence = "Whoever asked for the batch, or whoever may approve it, can do this."
        return _refused(request, visitor, sentence, 409)
    try:
        take_step(service.queue, run_id, batch, step, signer_of(service, visitor), now=service.clock())
    except NotWaiting as error:
        return _refused(request, visitor, str(error), 409)
    return RedirectResponse(f"/batches/{run_id}", 303)


def _refused(request: Request, visitor: Visitor, sentence: str, status: int) -> Response:
    pages = service_of(request).pages
    return pages.html(request, visitor, "message.html", status=status, title="Nothing was done", sentence=sentence)
