"""Approvals: a second person's signed yes or no, bound to the digest of exactly what that person saw."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counterfoil.people import is_same_person
from counterfoil.policy import Policy
from counterfoil.requests import CLOCK_SKEW, canonical_bytes, check_signature, sign

MAX_COMMENT = 2_000
Decision = Literal["approve", "deny"]


class ApprovalInvalid(ValueError):
    """This approval does not count; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the approver sees and what carrying out will do. Its digest is what an approval is bound to."""

    run_id: str
    request_id: str
    action: str
    account: str
    object_kind: str
    object_id: str
    amount_minor: int | None
    """What moves; None, like the currency, for an action without an amount."""
    currency: str | None
    maximum_minor: int | None
    """The most that the action could have asked for, such as what is left to refund."""
    details: dict[str, str | int | bool]
    requester: str
    role: str
    reason_code: str
    reason_text: str
    ticket: str | None

    @property
    def digest(self) -> str:
        """SHA-256 over all fields, hexadecimal."""
        return hashlib.sha256(canonical_bytes(asdict(self))).hexdigest()


@dataclass(frozen=True, slots=True)
class Approval:
    """A decision of one person on one preview."""

    run_id: str
    request_id: str
    digest: str
    decision: Decision
    approver: str
    role: str
    authenticated_by: str
    comment: str
    decided_at: str
    """ISO 8601, UTC."""


def sign_approval(approval: Approval, key: Ed25519PrivateKey) -> str:
    """Return the signature over all fields of a decision."""
    return sign(asdict(approval), key)


def verified_approval(payload: Any, signature: Any, keys: tuple[Ed25519PublicKey, ...]) -> Approval:
    """Check signature and shape. Raises SignatureInvalid or ApprovalInvalid."""
    if not isinstance(payload, Mapping) or not isinstance(signature, str):
        raise ApprovalInvalid("The approval is not one: a payload and its signature are needed.")
    check_signature(payload, signature, keys)
    if set(payload) != {field.name for field in fields(Approval)}:
        raise ApprovalInvalid("The approval has missing or unknown fields.")
    if not all(isinstance(value, str) for value in payload.values()) or len(payload["comment"]) > MAX_COMMENT:
        raise ApprovalInvalid("A field of the approval is of the wrong kind or too long.")
    if payload["decision"] not in ("approve", "deny"):
        raise ApprovalInvalid("The decision is neither approve nor deny.")
    return Approval(**payload)


class Asked(Protocol):
    """What an approval is about: the request of an action, or a batch of them."""

    @property
    def request_id(self) -> str: ...

    @property
    def requester(self) -> str: ...

    @property
    def requested_at(self) -> str: ...


def check_approval(
    approval: Approval, request: Asked, policy: Policy, *, run_id: str, digest: str, now: datetime
) -> None:
    """Raise ApprovalInvalid unless this person may decide about exactly what has this digest now."""
    if approval.run_id != run_id or approval.request_id != request.request_id:
        raise ApprovalInvalid("The approval belongs to another request.")
    if approval.digest != digest:
        raise ApprovalInvalid("What was approved is not what would be done now; look at it again and approve that.")
    if approval.role not in policy.approvers:
        able = ", ".join(policy.approvers)
        raise ApprovalInvalid(f"The role {approval.role} may not approve; {able} may.")
    if is_same_person(approval.approver, request.requester):
        raise ApprovalInvalid("Nobody approves a request of their own; ask another person.")
    decided_at = datetime.fromisoformat(approval.decided_at)
    if decided_at > now + CLOCK_SKEW:
        raise ApprovalInvalid("The approval is dated in the future; check the clocks.")
    if decided_at > expires_at(request, policy):
        raise ApprovalInvalid(f"The request expired after {policy.approval_expires_hours} hours; ask for it again.")


def expires_at(request: Asked, policy: Policy) -> datetime:
    """From when on a request is too old to be approved or carried out."""
    return datetime.fromisoformat(request.requested_at) + timedelta(hours=policy.approval_expires_hours)
