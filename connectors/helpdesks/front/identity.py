"""Front's plugin: the address carries `auth_secret`, which is the same for everybody. It says that this is our Front.

Who looks comes from Front's script in the browser, which anybody could make up: the agent's own session counts.
Source: https://dev.frontapp.com/docs/security.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connectors.errors import BadSignature
from connectors.helpdesks.callers import Caller, Opening
from connectors.helpdesks.signatures import check

PARAMETER = "auth_secret"


def identify(opening: Opening, secrets: Sequence[str], now: datetime) -> Caller:
    """That it is this Front. Raises BadSignature."""
    given = [value for name, value in opening.query if name == PARAMETER]
    if len(given) != 1:
        raise BadSignature("The address does not carry the secret of this Front plugin.")
    check(given[0], tuple(secrets), lambda secret: secret)
    return Caller("helpdesk")
