"""Zendesk's signed opening: the first request for the app's page is a POST with a JWT in the field `token`.

RS256 with the app's key; `aud` names the installation, `sub` the agent. The secret is the app's public key in PEM.
Source: https://developer.zendesk.com/documentation/apps/build-an-app/building-a-server-side-app/part-5-secure-the-app/.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt

from connectors.errors import BadSignature
from connectors.helpdesks.callers import Caller, Opening

LONGEST = 8_192
LIVES = timedelta(minutes=10)
"""Zendesk's tokens live five minutes; one that says it lives longer is none of theirs."""
SKEW = timedelta(minutes=1)
_AGENT = re.compile(r"(?:https?://[^/]+/api/v2/users/)?([0-9]{1,20})(?:\.json)?")


def identify(opening: Opening, secrets: Sequence[str], now: datetime) -> Caller:
    """The agent of a signed opening. Raises BadSignature."""
    token = opening.form.get("token", "")
    if not token or len(token) > LONGEST:
        raise BadSignature("Zendesk's token is missing. Open the panel in Zendesk; the app needs signedUrls.")
    claims = _verified(token, secrets)
    _check_times(claims, now)
    _check_names(claims, opening)
    agent = _AGENT.fullmatch(str(claims.get("sub", "")))
    if agent is None:
        raise BadSignature("Zendesk's token names no agent.")
    # A token is good for five minutes; whoever saw it in between must not open a second panel with it.
    return Caller("agent", agent_id=agent[1], once=hashlib.sha256(token.encode()).hexdigest())


def _verified(token: str, secrets: Sequence[str]) -> dict[str, Any]:
    for secret in secrets:
        try:
            # The times are compared with our clock below; the audience is a pattern.
            options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
            return dict(jwt.decode(token, secret.replace("\\n", "\n"), algorithms=["RS256"], options=options))
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
    raise BadSignature("Zendesk's token is not signed with the key of this app.")


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    begins, ends = claims.get("nbf", claims.get("iat")), claims.get("exp")
    if not isinstance(begins, int) or not isinstance(ends, int) or isinstance(begins, bool):
        raise BadSignature("Zendesk's token says not when it is good.")
    if ends - begins > LIVES.total_seconds():
        raise BadSignature("Zendesk's token lives longer than Zendesk's tokens do.")
    if not begins - SKEW.total_seconds() <= now.timestamp() < ends + SKEW.total_seconds():
        raise BadSignature("Zendesk's token is out of date; open the ticket again.")


def _check_names(claims: dict[str, Any], opening: Opening) -> None:
    base = opening.helpdesk.web_base or opening.helpdesk.api_base
    issuer = str(claims.get("iss", ""))
    if issuer not in (base, urlsplit(base).netloc):
        raise BadSignature("Zendesk's token comes from another Zendesk.")
    if not str(claims.get("aud", "")).startswith(f"{base}/api/v2/apps/installations/"):
        raise BadSignature("Zendesk's token was made for another app.")
