"""Recurly's refusals and failures in our words; an error's `type` is the word that counts.

Source: the OpenAPI document, Error and ErrorTypeEnum. A write whose request left this machine and brought no readable
answer is OutcomeUnknown, never Unavailable. Messages are ours, or Recurly's with keys and long numbers blanked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from connectors.errors import (
    AmountTooHigh,
    Declined,
    GatewayError,
    NotAuthorised,
    ObjectUnknown,
    RateLimited,
    RequestInvalid,
)
from connectors.failures import Failures, retry_after_s

FAILURES = Failures("Recurly", re.compile(r"\bBasic\s+[\w+/=-]+|\b[0-9a-f]{32}\b"))
_TOO_HIGH = re.compile(r"(?i)refundable|greater than|exceed|less than or equal|too (?:high|large)")


class PermissionMissing(NotAuthorised):
    """The key is good and may not do this."""


def from_answer(status: int, body: object, headers: Mapping[str, str], *, is_write: bool) -> GatewayError:
    """An answer that is no success, or could not be read, in our words. `body` is its parsed JSON, if it was any."""
    error = _error(body)
    code = _text(error, "type")
    if status == 429:
        return RateLimited("Recurly asks for fewer requests.", code=code, retry_after_s=_wait_s(headers))
    if status >= 500:
        return FAILURES.of_server(status, is_write=is_write, code=code)
    if status < 400 or error is None:
        return FAILURES.unreadable(status, is_write=is_write)
    return _refusal(status, code, error)


def until_reset_s(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds until the moment (seconds since 1970) of X-RateLimit-Reset; None without one."""
    reset = headers.get("x-ratelimit-reset") or ""
    return max(0.0, int(reset) - now) if re.fullmatch(r"\d{1,12}", reset) else None


def _wait_s(headers: Mapping[str, str]) -> float | None:
    asked = retry_after_s(headers)
    return until_reset_s(headers, now=time.time()) if asked is None else asked


def _error(body: object) -> Mapping[str, object] | None:
    """The error of an answer: inside `error`, as Recurly sends it, or bare, as the OpenAPI document draws it."""
    inner = body.get("error", body) if isinstance(body, Mapping) else None
    is_error = isinstance(inner, Mapping) and isinstance(inner.get("type"), str)
    return inner if is_error else None


def _refusal(status: int, code: str | None, error: Mapping[str, object]) -> GatewayError:
    text = FAILURES.scrub(error.get("message") or "no reason given")
    if status == 401:
        return NotAuthorised("Recurly does not accept the API key: it is wrong, or was deleted.", code=code)
    if status == 403 or code in {"invalid_permissions", "unauthorized"}:
        return PermissionMissing(f"The API key may not do this. Recurly says: {text}", code=code)
    if status == 404:
        return ObjectUnknown(f"Recurly does not know the object. Recurly says: {text}", code=code)
    if code == "simultaneous_request":
        return RateLimited("Another request on the same object is under way at Recurly.", code=code)
    if code == "transaction":
        return Declined(f"The bank or the payment gateway said no. Recurly says: {text}", code=_decline(error))
    if code == "validation" and (_names_amount(error) or "refund" in text.lower()) and _TOO_HIGH.search(text):
        return AmountTooHigh(f"More was asked than is left on the invoice. Recurly says: {text}", code=code)
    return RequestInvalid(f"Recurly refused the request: {text}", code=code)


def _names_amount(error: Mapping[str, object]) -> bool:
    params = error.get("params")
    return isinstance(params, list) and any(isinstance(p, Mapping) and p.get("param") == "amount" for p in params)


def _decline(error: Mapping[str, object]) -> str | None:
    detail = error.get("transaction_error")
    return _text(detail if isinstance(detail, Mapping) else None, "code") or "transaction"


def _text(found: Mapping[str, object] | None, name: str) -> str | None:
    value = found.get(name) if found is not None else None
    return value if isinstance(value, str) else None
