"""Telling an address of the company's own that something is wrong: one JSON object, in a shape that chats take too."""

from __future__ import annotations

from typing import Any

import httpx

from counterfoil.secrets import Secret

TIMEOUT_S = 20.0


class AlertNotTaken(Exception):
    """The address did not take it; the text says why, and never the address."""


def post_alert(address: Secret, body: dict[str, Any]) -> None:
    """POST it as JSON. Anything but a 2xx raises AlertNotTaken; redirects are not followed."""
    try:
        answer = httpx.post(address.reveal(), json=body, timeout=TIMEOUT_S)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise AlertNotTaken(f"The webhook for alerts cannot be reached: {type(error).__name__}.") from None
    if not answer.is_success:
        raise AlertNotTaken(f"The webhook for alerts answered {answer.status_code}.")
