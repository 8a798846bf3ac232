"""Intercom's Canvas Kit: every request is signed as a whole, and the admin who looks stands inside it.

X-Body-Signature is the hexadecimal HMAC-SHA256 of the body with the app's client secret.
Source: https://developers.intercom.com/docs/canvas-kit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.errors import BadSignature
from connectors.helpdesks.callers import Caller, Opening
from connectors.helpdesks.signatures import check, check_body, hex_hmac

SIGNATURE = "x-body-signature"


def identify(opening: Opening, secrets: Sequence[str], now: datetime) -> Caller:
    """The admin and the conversation of a signed request. Raises BadSignature."""
    check_body(opening.body)
    check(opening.headers.get(SIGNATURE, ""), tuple(secrets), lambda secret: hex_hmac(secret, opening.body, "sha256"))
    said = _read(opening.body)
    admin, conversation, customer = (_part(said, name) for name in ("admin", "conversation", "contact"))
    customer = customer or _part(said, "customer")
    source = _part(conversation, "source")
    ticket = conversation.get("id") or _part(said, "context").get("conversation_id")
    return Caller(
        "agent",
        agent_id=str(admin.get("id") or ""),
        agent_email=str(admin.get("email") or ""),
        ticket_id=str(ticket or ""),
        emails=tuple(str(email) for email in (customer.get("email"),) if email),
        name=str(customer.get("name") or ""),
        text=" ".join(str(source.get(name) or "") for name in ("subject", "body")),
    )


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise BadSignature("The message is signed and is not what Canvas Kit sends.")
    return said


def _part(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = said.get(name)
    return part if isinstance(part, Mapping) else {}
