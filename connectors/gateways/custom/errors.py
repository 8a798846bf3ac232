"""The refusals and failures of a company's endpoint in our words.

A refusal is JSON with "status": "refused" and one of CODES; a 4xx without it says nothing about the money.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from connectors.errors import (
    AlreadyRefunded,
    AmountTooHigh,
    ChargeDisputed,
    Declined,
    GatewayError,
    NotAuthorised,
    ObjectUnknown,
    Refused,
    RequestInvalid,
    Unsupported,
    WindowClosed,
)
from connectors.failures import Failures

FAILURES = Failures("the company's endpoint", re.compile(r"whsec_\S+|\bv1,\S+"))
CODES: dict[str, type[GatewayError]] = {
    "already_refunded": AlreadyRefunded,
    "amount_too_high": AmountTooHigh,
    "disputed": ChargeDisputed,
    "unknown_object": ObjectUnknown,
    "window_closed": WindowClosed,
    "declined": Declined,
    "invalid": RequestInvalid,
    "unsupported": Unsupported,
}
"""The codes of refusals; nothing has moved after any of them."""


class NotOffered(Unsupported):
    """The endpoint says that it does not answer this kind of question."""


def refusal(code: object, reason: object) -> GatewayError:
    """The error of an outcome "refused"."""
    known = str(code) if isinstance(code, str) else ""
    said = FAILURES.scrub(reason) if isinstance(reason, str) and reason else "no reason given"
    kind = CODES.get(known, Refused)
    return kind(f"The company's endpoint refused: {said}", code=FAILURES.scrub(known) or None)


def from_answer(status: int, body: object, headers: Mapping[str, str], *, is_write: bool) -> GatewayError:
    """An answer that is no success, or could not be read, in our words. `body` is its parsed JSON, if it was any."""
    said = body if isinstance(body, Mapping) else {}
    if status == 429:
        return FAILURES.too_many(headers)
    if status == 501 and said.get("status") == "not_offered":
        return NotOffered("The company's endpoint does not offer this.")
    if status >= 500:
        return FAILURES.of_server(status, is_write=is_write)
    if status in {401, 403}:
        return NotAuthorised(
            "The company's endpoint does not accept our signature: the secret is another one, or the clocks differ by "
            "more than five minutes."
        )
    if status >= 400 and said.get("status") == "refused":
        return refusal(said.get("code"), said.get("reason"))
    if status == 404 and said.get("status") == "unknown":
        return ObjectUnknown("The company's endpoint does not know the object.")
    return FAILURES.unreadable(status, is_write=is_write)
