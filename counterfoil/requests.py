"""Action requests: what an agent wishes, with an id, signed by whoever authenticated the agent.

The signature (Ed25519) covers every field. The web service and the CLI hold the private key, workers only public ones,
so a run made or altered through Prefect's API carries no valid signature and sends nothing.
"""

from __future__ import annotations

import json
import re
import uuid
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

CLOCK_SKEW = timedelta(minutes=2)
MAX_REASON = 2_000
MAX_DETAILS = 20
MAX_DETAIL = 500
OBJECT_KINDS = ("charge", "customer", "subscription", "invoice", "order")
CUSTOMER_MATCHES = ("chosen", "identifier", "email")
REQUEST_ID = re.compile(r"^req_[0-9a-f]{32}$")
BATCH_PREFIX = "batch:"
"""How `authenticated_by` begins for an item of a batch; the batch's id follows."""


class RequestInvalid(ValueError):
    """The request is not one: a field is missing, too long, or of the wrong kind."""


class SignatureInvalid(ValueError):
    """The request was not signed by us, or was changed afterwards."""


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """One wish. Money is `amount_minor` + `currency`, or both None: all that is left, or an action without amount."""

    request_id: str
    action: str
    account: str
    """gateway/label."""
    object_kind: str
    """What the action is about: charge, customer, subscription, invoice or order."""
    object_id: str
    """The gateway's id of it."""
    amount_minor: int | None
    currency: str | None
    details: dict[str, str | int | bool]
    """What the action needs beyond object and amount, such as {"at_period_end": true}."""
    reason_code: str
    reason_text: str
    requester: str
    """The agent's normalised e-mail address or user name."""
    role: str
    authenticated_by: str
    """How we know the requester: "session", "cli", "zendesk"; for an item "batch:" and the batch it belongs to."""
    customer_id: str | None
    """The customer that the requester means; an object of another customer is refused."""
    customer_match: str
    """How the customer was found: "chosen" by the requester, "identifier" (the ticket names an id of theirs), or
    "email" (the ticket's address only: whoever writes from it may be somebody else)."""
    is_match_confirmed: bool
    """The requester was shown that the match is by e-mail only, and confirmed it."""
    ticket: str | None
    is_again: bool
    """The requester saw an earlier action of the same kind and asked for another one."""
    requested_at: str
    """ISO 8601, UTC."""

    @property
    def batch_id(self) -> str:
        """The batch that this is an item of; empty where it stands alone."""
        return (
            self.authenticated_by.removeprefix(BATCH_PREFIX) if self.authenticated_by.startswith(BATCH_PREFIX) else ""
        )


def new_request_id() -> str:
    """Make the id that this request keeps for ever; made before the confirmation is shown."""
    return f"req_{uuid.uuid4().hex}"


def canonical_bytes(value: Mapping[str, Any]) -> bytes:
    """One text for one value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign(payload: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """Return the signature of a payload, base64."""
    return b64encode(key.sign(canonical_bytes(payload))).decode()


def check_signature(payload: Mapping[str, Any], signature: str, keys: tuple[Ed25519PublicKey, ...]) -> None:
    """Raise SignatureInvalid unless one of `keys` signed the payload; several keys serve a change of keys."""
    try:
        raw = b64decode(signature, validate=True)
    except ValueError:
        raise SignatureInvalid("The signature is not base64.") from None
    for key in keys:
        try:
            key.verify(raw, canonical_bytes(payload))
        except InvalidSignature:
            continue
        return
    raise SignatureInvalid("The request carries no valid signature; it was made or changed outside Counterfoil.")


def sign_request(request: ActionRequest, key: Ed25519PrivateKey) -> str:
    """Return the signature over all fields of a request."""
    return sign(asdict(request), key)


def verified_request(
    payload: Mapping[str, Any], signature: str, keys: tuple[Ed25519PublicKey, ...], *, now: datetime
) -> ActionRequest:
    """Check signature, shape and clock; return the request. Raises SignatureInvalid or RequestInvalid."""
    check_signature(payload, signature, keys)
    request = parse_request(payload)
    if datetime.fromisoformat(request.requested_at) > now + CLOCK_SKEW:
        raise RequestInvalid("The request is dated in the future; check the clocks of the web service and the worker.")
    return request


def parse_request(payload: Mapping[str, Any]) -> ActionRequest:
    """Read a request from JSON; raise RequestInvalid with the field that is wrong."""
    expected = {field.name for field in fields(ActionRequest)}
    if set(payload) != expected:
        wrong = ", ".join(sorted(set(payload) ^ expected))
        raise RequestInvalid(f"The request has missing or unknown fields: {wrong}.")
    _check_kinds(payload)
    request = ActionRequest(**payload)
    _check_values(request)
    return request


def _check_kinds(payload: Mapping[str, Any]) -> None:
    optional = {"currency", "customer_id", "ticket"}
    for name, value in payload.items():
        if name == "amount_minor":
            good = value is None or (isinstance(value, int) and not isinstance(value, bool))
        elif name in ("is_again", "is_match_confirmed"):
            good = isinstance(value, bool)
        elif name == "details":
            good = isinstance(value, dict) and all(
                isinstance(key, str) and isinstance(detail, str | int | bool) for key, detail in value.items()
            )
        else:
            good = isinstance(value, str) or (value is None and name in optional)
        if not good:
            raise RequestInvalid(f"The field {name} is of the wrong kind: {type(value).__name__}.")


def _check_values(request: ActionRequest) -> None:
    if not REQUEST_ID.match(request.request_id):
        raise RequestInvalid("The request id is not one of ours: req_ and 32 hexadecimal digits.")
    if request.object_kind not in OBJECT_KINDS:
        raise RequestInvalid(f"object_kind is none of {', '.join(OBJECT_KINDS)}.")
    if request.customer_match not in CUSTOMER_MATCHES:
        raise RequestInvalid(f"customer_match is none of {', '.join(CUSTOMER_MATCHES)}.")
    if len(request.details) > MAX_DETAILS or any(
        len(key) > MAX_DETAIL or isinstance(value, str) and len(value) > MAX_DETAIL
        for key, value in request.details.items()
    ):
        raise RequestInvalid(f"More than {MAX_DETAILS} details, or one longer than {MAX_DETAIL} characters.")
    if (request.amount_minor is None) != (request.currency is None):
        raise RequestInvalid("An amount needs its currency, and a currency its amount.")
    if request.amount_minor is not None and request.amount_minor <= 0:
        raise RequestInvalid("The amount must be greater than zero.")
    if len(request.reason_text) > MAX_REASON:
        raise RequestInvalid(f"The reason is longer than {MAX_REASON} characters; shorten it.")
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in request.reason_text):
        raise RequestInvalid("The reason holds control characters; remove them.")
    try:
        if datetime.fromisoformat(request.requested_at).utcoffset() != timedelta(0):
            raise ValueError
    except ValueError:
        raise RequestInvalid("requested_at is not a time in UTC.") from None


def tags_of(request: ActionRequest) -> list[str]:
    """The flow run's tags: ids only, so that a run can be found by its object, ticket, agent or customer."""
    tags = [
        f"request:{request.request_id}",
        f"action:{request.action}",
        f"gateway:{request.account.partition('/')[0]}",
        f"account:{request.account}",
        f"{request.object_kind}:{request.object_id}",
    ]
    customer = f"customer:{request.customer_id}"
    tags += [customer] if request.customer_id and customer not in tags else []
    tags += [f"ticket:{request.ticket}"] if request.ticket else []
    tags += [f"{BATCH_PREFIX}{request.batch_id}"] if request.batch_id else []
    return tags


def gateway_key(request_id: str) -> str:
    """The idempotency key for the gateway: of the request, never of the flow run, so that every retry shares it."""
    return f"counterfoil-{request_id}"


def utc_now() -> datetime:
    """The clock, for the edges; plain logic takes `now` as a parameter."""
    return datetime.now(UTC)
