"""What is sent: JSON objects with known names only, read digit by digit."""

import json
from decimal import Decimal
from typing import Any

from sandbox.recurly.errors import bad_request, invalid


def read(body: bytes, known: str) -> dict[str, Any]:
    """The body; `known` are the names that it may have, with spaces between. No body is an empty one."""
    try:
        sent = json.loads(body or b"{}", parse_float=Decimal)
    except ValueError:
        raise bad_request("The body is not JSON") from None
    names = set(known.split())
    if not isinstance(sent, dict) or set(sent) - names:
        raise bad_request("Unknown parameters", *sorted(set(sent) - names if isinstance(sent, dict) else ()))
    return sent


def text(sent: dict[str, Any], name: str) -> str:
    """A text that must be there."""
    value = sent.get(name)
    if not isinstance(value, str) or not value:
        raise invalid(f"{name} is required", name)
    return value


def whole(sent: dict[str, Any], name: str, default: int | None = None) -> int:
    """A whole number of at least 0."""
    value = sent.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise invalid(f"{name} is required and must be a whole number", name)
    return value
