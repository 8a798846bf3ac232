"""Is this run a batch of ours, unaltered, and may its role ask for it? Then: has somebody said yes or no?"""

from __future__ import annotations

from typing import Any

from counterfoil.approvals import expires_at
from counterfoil.batch_policy import evaluate_batch
from counterfoil.batches import BATCH_ID, BatchItem, BatchRequest, verified_batch
from counterfoil.policy import Policy
from counterfoil.requests import RequestInvalid, SignatureInvalid
from counterfoil.signing_keys import public_keys
from flows.actions.admission import RunFacts
from flows.actions.approval import Approved, approved
from flows.actions.conclusion import refused
from flows.actions.desk import Desk
from flows.actions.proof import list_of


def admitted_batch(desk: Desk, run: RunFacts, payload: Any, signature: Any) -> BatchRequest:
    """The batch behind a run; raise Concluded with the refusal. Nothing is queued."""
    try:
        batch = verified_batch(payload, signature, public_keys(desk.paths.keys), now=desk.now())
    except SignatureInvalid as error:
        raise refused(str(error), "signature") from None
    except (RequestInvalid, UnicodeError) as error:
        raise refused(str(error), "request") from None
    if run.idempotency_key != batch.request_id:
        raise refused("This is a copy of a batch that has its own run; nothing was sent.", "replay")
    return batch


def items_of(desk: Desk, batch: BatchRequest, policy: Policy) -> tuple[BatchItem, ...]:
    """The items, once the policy allows the whole. Raises Concluded."""
    verdict = evaluate_batch(policy, batch)
    if verdict.kind == "refused":
        raise refused(verdict.sentence, verdict.rule)
    try:
        return list_of(desk.paths, batch).items
    except RequestInvalid as error:
        raise refused(str(error), "list") from None


def yes_to(desk: Desk, run: RunFacts, batch: BatchRequest, policy: Policy) -> Approved | None:
    """The second person's yes; None while nobody has decided. Raises Concluded on a no, or where it is too late."""
    found = approved(desk, run, batch, policy, batch.digest)
    if found is None and desk.now() > expires_at(batch, policy):
        hours = policy.approval_expires_hours
        raise refused(f"Nobody approved the batch within {hours} hours; ask for it again.", "expired")
    return found


def known_batch_id(payload: Any) -> str:
    """The batch id within parameters that anybody may have written; empty where it is none of ours."""
    given = payload.get("request_id") if isinstance(payload, dict) else None
    return given if isinstance(given, str) and BATCH_ID.fullmatch(given) else ""
