"""Help Scout's two apps. The dynamic app's request is signed as a whole (HMAC-SHA1 of the body, base64, in a header).

The newer app's frame has its signature in the address: HMAC-SHA1 over PHP's json_encode of the other parameters in
their order. It says not when, so that it stands for the ticket, and the agent's own session for the agent.
Source: https://developer.helpscout.com/apps/guides/signature-validation/.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.errors import BadSignature
from connectors.helpdesks.callers import Caller, Opening
from connectors.helpdesks.signatures import base64_hmac, check, check_body

SIGNATURE = "X-HelpScout-Signature"
MOST = 40
LONGEST = 4_096


def identify(opening: Opening, secrets: Sequence[str], now: datetime) -> Caller:
    """Who opened it, and for which conversation. Raises BadSignature."""
    check_body(opening.body)
    return _dynamic(opening, secrets) if opening.body else _framed(opening, secrets)


def _framed(opening: Opening, secrets: Sequence[str]) -> Caller:
    names = [name for name, _ in opening.query]
    if len(opening.query) > MOST or sum(len(value) for _, value in opening.query) > LONGEST:
        raise BadSignature("The address holds more than Help Scout sends.")
    if len(names) != len(set(names)) or any(sign in name for name in names for sign in "[]. "):
        # PHP would write these as lists or under other names, so that it is not known what was signed.
        raise BadSignature("The address holds a parameter twice, or one that PHP writes in another way.")
    signature = dict(opening.query).get(SIGNATURE, "")
    signed = php_json({name: value for name, value in opening.query if name != SIGNATURE})
    _check(signed.encode(), signature, secrets)
    found = dict(opening.query)
    return Caller("ticket", agent_id=found.get("user-id", ""), ticket_id=found.get("conversation-id", ""))


def _dynamic(opening: Opening, secrets: Sequence[str]) -> Caller:
    _check(opening.body, opening.headers.get(SIGNATURE.lower(), ""), secrets)
    try:
        said = json.loads(opening.body)
        ticket, customer, user = said.get("ticket"), said.get("customer") or {}, said.get("user") or {}
        emails = [customer.get("email"), *(customer.get("emails") or [])]
    except (ValueError, AttributeError, TypeError):
        raise BadSignature("The message is signed and is not what Help Scout's dynamic app sends.") from None
    # A draft has no ticket yet: it is false there.
    ticket = ticket if isinstance(ticket, dict) else {}
    return Caller(
        "agent",
        agent_id=str(user.get("id") or ""),
        ticket_id=str(ticket.get("id") or ""),
        emails=tuple(str(email) for email in emails if email),
        name=f"{customer.get('fname') or ''} {customer.get('lname') or ''}".strip(),
        text=str(ticket.get("subject") or ""),
    )


def _check(signed: bytes, signature: str, secrets: Sequence[str]) -> None:
    check(signature, tuple(secrets), lambda secret: base64_hmac(secret, signed, "sha1"))


def php_json(value: dict[str, Any]) -> str:
    """A map as PHP's json_encode writes it: no blanks, "/" and everything beyond ASCII escaped, an empty one as []."""
    if not value:
        return "[]"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).replace("/", "\\/")
