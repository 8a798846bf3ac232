"""Batches: many actions of one kind on one list, asked for once, approved once, each item carried out on its own.

The signature of whoever authenticated the requester covers the digest of the list, and the approval covers that. An
item's request is derived from the two and its line of the list; it carries both as its proof in place of a signature
of its own. So no worker needs a private key, and nothing that is not in an approved list is ever an item.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counterfoil.approvals import Approval, ApprovalInvalid, verified_approval
from counterfoil.people import is_same_person
from counterfoil.requests import (
    BATCH_PREFIX,
    CLOCK_SKEW,
    MAX_REASON,
    ActionRequest,
    RequestInvalid,
    canonical_bytes,
    check_signature,
    sign,
)

ACTION = "refund"
"""What a batch asks for; of all actions the one that a bad day needs by the thousand."""
BATCH_ID = re.compile(r"bat_[0-9a-f]{32}")
DIGEST = re.compile(r"[0-9a-f]{64}")
MAX_SOURCE = 20


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One line of a list: how much of which charge. Always with its amount; it was fixed in the dry run."""

    account: str
    object_id: str
    amount_minor: int
    currency: str
    customer_id: str | None
    ticket: str | None
    line: int
    """Of the file, counted from 1; of a filter, the place among what it found."""


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """One wish about a whole list. `totals`: currency -> minor units, over all items."""

    request_id: str
    """bat_ and 32 hexadecimal digits."""
    action: str
    list_digest: str
    """SHA-256 of the frozen list (`counterfoil.batch_lists`)."""
    items: int
    totals: dict[str, int]
    source: dict[str, str]
    """Where the list came from: {"file": name} or the filter, for people."""
    reason_code: str
    reason_text: str
    requester: str
    role: str
    authenticated_by: str
    requested_at: str
    """ISO 8601, UTC."""

    @property
    def digest(self) -> str:
        """What an approval is bound to: every field, and through `list_digest` every line."""
        return hashlib.sha256(canonical_bytes(asdict(self))).hexdigest()

    @property
    def item_tag(self) -> str:
        """The tag of the runs of its items, and of those that settle them."""
        return BATCH_PREFIX + self.request_id


@dataclass(frozen=True, slots=True)
class Proof:
    """Why an item may be carried out: it stands at `index` of a list that was asked for and approved."""

    batch: BatchRequest
    approval: Approval
    index: int


@dataclass(frozen=True, slots=True)
class Signer:
    """A person whom we authenticated, and the key that says so."""

    name: str
    role: str
    authenticated_by: str
    """How we know them: "session" or "cli"."""
    key: Ed25519PrivateKey = field(repr=False)


def new_batch_id() -> str:
    """Make the id that this batch keeps for ever; made before the confirmation is shown."""
    return f"bat_{uuid.uuid4().hex}"


def item_request_id(batch_id: str, index: int) -> str:
    """The request id of an item: always the same one, so that a restart cannot ask twice."""
    return f"req_{hashlib.sha256(f'{batch_id}:{index}'.encode()).hexdigest()[:32]}"


def item_request(batch: BatchRequest, approval: Approval, item: BatchItem, index: int) -> ActionRequest:
    """The request of one item. It counts as asked for when the batch was approved: from then on its time runs."""
    return ActionRequest(
        request_id=item_request_id(batch.request_id, index),
        action=batch.action,
        account=item.account,
        object_kind="charge",
        object_id=item.object_id,
        amount_minor=item.amount_minor,
        currency=item.currency,
        details={},
        reason_code=batch.reason_code,
        reason_text=batch.reason_text,
        requester=batch.requester,
        role=batch.role,
        authenticated_by=batch.item_tag,
        customer_id=item.customer_id,
        customer_match="chosen",
        is_match_confirmed=False,
        ticket=item.ticket,
        is_again=False,
        requested_at=approval.decided_at,
    )


def sign_batch(batch: BatchRequest, key: Ed25519PrivateKey) -> str:
    """Return the signature over all fields of a batch."""
    return sign(asdict(batch), key)


def verified_batch(payload: Any, signature: Any, keys: tuple[Ed25519PublicKey, ...], *, now: datetime) -> BatchRequest:
    """Check signature, shape and clock. Raises SignatureInvalid or RequestInvalid."""
    if not isinstance(payload, Mapping) or not isinstance(signature, str):
        raise RequestInvalid("The run holds no signed batch; it was made or changed outside Counterfoil.")
    check_signature(payload, signature, keys)
    batch = parse_batch(payload)
    if datetime.fromisoformat(batch.requested_at) > now + CLOCK_SKEW:
        raise RequestInvalid("The batch is dated in the future; check the clocks of the web service and the worker.")
    return batch


def parse_batch(payload: Mapping[str, Any]) -> BatchRequest:
    """Read a batch from JSON; raise RequestInvalid with what is wrong."""
    if set(payload) != {one.name for one in fields(BatchRequest)}:
        raise RequestInvalid("The batch has missing or unknown fields.")
    texts = set(payload) - {"items", "totals", "source"}
    if not all(isinstance(payload[name], str) for name in texts) or not _is_count(payload["items"]):
        raise RequestInvalid("A field of the batch is of the wrong kind.")
    if not _is_map(payload["totals"], _is_count) or not _is_map(payload["source"], lambda one: isinstance(one, str)):
        raise RequestInvalid("The totals or the source of the batch are of the wrong kind.")
    batch = BatchRequest(**payload)
    if not BATCH_ID.fullmatch(batch.request_id) or not DIGEST.fullmatch(batch.list_digest):
        raise RequestInvalid("The batch id or the list's digest is not one of ours.")
    if batch.action != ACTION:
        raise RequestInvalid(f"A batch can {ACTION} and nothing else.")
    if len(batch.reason_text) > MAX_REASON or any(ord(one) < 32 and one not in "\n\t" for one in batch.reason_text):
        raise RequestInvalid(f"The reason is longer than {MAX_REASON} characters or holds control characters.")
    try:
        if datetime.fromisoformat(batch.requested_at).utcoffset() != timedelta(0):
            raise ValueError
    except ValueError:
        raise RequestInvalid("requested_at is not a time in UTC.") from None
    return batch


def proof_of(batch: BatchRequest, signature: str, approval: Approval, approval_signature: str, index: int) -> str:
    """What an item's run carries in place of a signature of its own."""
    parts = {
        "batch": asdict(batch),
        "batch_signature": signature,
        "approval": asdict(approval),
        "approval_signature": approval_signature,
        "index": index,
    }
    return canonical_bytes(parts).decode()


def is_proof(signature: str) -> bool:
    """Whether a run's signature is the proof of a batch's item; a signature of ours is base64, without braces."""
    return signature.startswith("{")


def verified_proof(text: str, keys: tuple[Ed25519PublicKey, ...], *, now: datetime) -> Proof:
    """Check both signatures and that the approval is a yes of another person to exactly this batch.

    Raises SignatureInvalid or RequestInvalid. Whether the role may approve is the policy's word, not asked here.
    """
    try:
        parts = json.loads(text)
        index, payload, signature = parts["index"], parts["batch"], parts["batch_signature"]
        yes, yes_signature = parts["approval"], parts["approval_signature"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RequestInvalid("The proof of the batch cannot be read.") from None
    batch = verified_batch(payload, signature, keys, now=now)
    try:
        approval = verified_approval(yes, yes_signature, keys)
    except ApprovalInvalid as error:
        raise RequestInvalid(str(error)) from None
    is_for_it = approval.request_id == batch.request_id and approval.digest == batch.digest
    if not is_for_it or approval.decision != "approve" or is_same_person(approval.approver, batch.requester):
        raise RequestInvalid("The approval is not another person's yes to this batch.")
    if not _is_count(index) or index >= batch.items:
        raise RequestInvalid("The batch has no such item.")
    return Proof(batch, approval, index)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_map(value: object, is_good: Any) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= MAX_SOURCE
        and all(isinstance(key, str) and is_good(one) for key, one in value.items())
    )


Step = Literal["pause", "resume", "stop"]


@dataclass(frozen=True, slots=True)
class BatchStep:
    """A person's word on a batch that is under way, signed like an approval; the newest one counts."""

    run_id: str
    request_id: str
    step: Step
    by: str
    role: str
    authenticated_by: str
    decided_at: str
    """ISO 8601, UTC."""


def sign_step(step: BatchStep, key: Ed25519PrivateKey) -> str:
    """Return the signature over all fields of a step."""
    return sign(asdict(step), key)


def verified_step(payload: Any, signature: Any, keys: tuple[Ed25519PublicKey, ...]) -> BatchStep:
    """Check signature and shape. Raises SignatureInvalid or RequestInvalid."""
    if not isinstance(payload, Mapping) or not isinstance(signature, str):
        raise RequestInvalid("The step is not one: a payload and its signature are needed.")
    check_signature(payload, signature, keys)
    names = {one.name for one in fields(BatchStep)}
    if set(payload) != names or not all(isinstance(value, str) for value in payload.values()):
        raise RequestInvalid("The step has missing, unknown or wrong fields.")
    if payload["step"] not in get_args(Step):
        raise RequestInvalid("The step is neither pause nor resume nor stop.")
    return BatchStep(**payload)
