"""The second person: is there a signed decision about exactly what would be done now?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from connectors.actions import ACTIONS
from connectors.money import Money
from counterfoil.approvals import Approval, ApprovalInvalid, Asked, Preview, check_approval, verified_approval
from counterfoil.policy import Policy
from counterfoil.queue import input_prefix
from counterfoil.requests import ActionRequest, SignatureInvalid
from counterfoil.signing_keys import public_keys
from flows.actions.admission import RunFacts
from flows.actions.conclusion import AwaitsApproval, refused
from flows.actions.desk import Desk


def decided(
    desk: Desk, run: RunFacts, request: ActionRequest, policy: Policy, preview: Preview
) -> AwaitsApproval | None:
    """None: approved, go on. AwaitsApproval: nobody has decided yet. Raises Concluded on a no or a wrong approval."""
    if approved(desk, run, request, policy, preview.digest) is not None:
        return None
    able = " or ".join(policy.approvers)
    return AwaitsApproval(preview, f"{_what(preview)} waits for the approval of a {able}.")


@dataclass(frozen=True, slots=True)
class Approved:
    """A second person's yes, with the signature that proves it."""

    approval: Approval
    signature: str


def approved(desk: Desk, run: RunFacts, request: Asked, policy: Policy, digest: str) -> Approved | None:
    """The yes to what has this digest; None: nobody has decided yet. Raises Concluded on a no or a wrong approval.

    Whoever can reach Prefect's API can put anything beside a run; only what is signed by us counts at all.
    """
    for value in desk.queue.inputs(run.run_id, input_prefix(digest)):
        approval = _ours(desk, value)
        if approval is None:
            continue
        try:
            check_approval(approval, request, policy, run_id=run.run_id, digest=digest, now=desk.now())
        except ApprovalInvalid as error:
            _journal(desk, run, "approval_refused", {**asdict(approval), "sentence": str(error)})
            raise refused(str(error), "approval") from None
        _journal(desk, run, "approval" if approval.decision == "approve" else "denied", asdict(approval))
        if approval.decision == "deny":
            raise refused(f"{approval.approver} denied it: {approval.comment}".rstrip(": "), "approval")
        return Approved(approval, value["signature"])
    return None


def _what(preview: Preview) -> str:
    if preview.amount_minor is None or preview.currency is None:
        return f"{ACTIONS[preview.action].title}: {preview.object_id}"
    return f"{Money(preview.amount_minor, preview.currency)} of {preview.object_id}"


def _ours(desk: Desk, value: Any) -> Approval | None:
    if not isinstance(value, dict):
        return None
    try:
        return verified_approval(value.get("approval"), value.get("signature"), public_keys(desk.paths.keys))
    except (SignatureInvalid, ApprovalInvalid):
        return None


def _journal(desk: Desk, run: RunFacts, kind: str, detail: dict[str, Any]) -> None:
    desk.journal.append(
        kind, at=desk.now(), request_id=str(detail["request_id"]), flow_run_id=run.run_id, detail=detail
    )
