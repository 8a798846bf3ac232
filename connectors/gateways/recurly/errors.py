"""Recurly's refusals and failures in our words; an error's `type` is the word that counts.

Source: the OpenAPI document, Error and ErrorTypeEnum. A write whose request left this machine and brought no readable
answer is OutcomeUnknown, never Unavailable. Messages are ours, or Recurly's with keys and long numbers blanked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

import httpx

from connectors.errors import (
    AmountTooHigh,
    ChargeUnknown,
    Declined,
    GatewayError,
    NotAuthorised,
    OutcomeUnknown,
    RateLimited,
    RequestInvalid,
    Unavailable,
    UnexpectedShape,
)

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
MAX_TEXT = 300
_SECRET = re.compile(r"\bBasic\s+[\w+/=-]+|\b[0-9a-f]{32}\b|\b(?:\d[ -]?){12,19}\b")
_TOO_HIGH = re.compile(r"(?i)refundable|greater than|exceed|less than or equal|too (?:high|large)")


class PermissionMissing(NotAuthorised):
    """The key is good and may not do this."""


def scrub(text: object) -> str:
    """Recurly's words without keys or card numbers, at most 300 characters, on one line."""
    return " ".join(_SECRET.sub("…", str(text)).split())[:MAX_TEXT]


def from_connection(cause: BaseException, *, is_write: bool) -> GatewayError:
    """A connection that failed: before the request left, or after."""
    kind = type(cause).__name__
    if isinstance(cause, NEVER_SENT):
        return Unavailable(f"Recurly could not be reached ({kind}): nothing was sent.")
    if is_write:
        return OutcomeUnknown(f"The request was sent and no answer came ({kind}): it must be looked up.")
    return Unavailable(f"Recurly did not answer ({kind}).")


def from_answer(status: int, body: object, headers: Mapping[str, str], *, is_write: bool) -> GatewayError:
    """An answer that is no success, or could not be read, in our words. `body` is its parsed JSON, if it was any."""
    error = _error(body)
    code = _text(error, "type")
    if status == 429:
        return RateLimited("Recurly asks for fewer requests.", code=code, retry_after_s=retry_after_s(headers))
    if status >= 500:
        return _broken(status, code, is_write)
    if status < 400 or error is None:
        return _unreadable(status, is_write)
    return _refusal(status, code, error)


def retry_after_s(headers: Mapping[str, str], *, now: float | None = None) -> float | None:
    """Seconds to wait: Retry-After, else until the moment (seconds since 1970) of X-RateLimit-Reset."""
    after, reset = headers.get("retry-after") or "", headers.get("x-ratelimit-reset") or ""
    if re.fullmatch(r"\d{1,6}(\.\d+)?", after):
        return float(after)
    if re.fullmatch(r"\d{1,12}", reset):
        return max(0.0, int(reset) - (time.time() if now is None else now))
    return None


def _error(body: object) -> Mapping[str, object] | None:
    """The error of an answer: inside `error`, as Recurly sends it, or bare, as the OpenAPI document draws it."""
    inner = body.get("error", body) if isinstance(body, Mapping) else None
    is_error = isinstance(inner, Mapping) and isinstance(inner.get("type"), str)
    return inner if is_error else None


def _broken(status: int, code: str | None, is_write: bool) -> GatewayError:
    if is_write:
        return OutcomeUnknown(f"Recurly failed on the request (HTTP {status}): it must be looked up.", code=code)
    return Unavailable(f"Recurly failed to answer (HTTP {status}).", code=code)


def _unreadable(status: int, is_write: bool) -> GatewayError:
    if is_write:
        return OutcomeUnknown(f"Recurly's answer (HTTP {status}) could not be read: it must be looked up.")
    return UnexpectedShape(
        f"The answer (HTTP {status}) is not Recurly's JSON; a proxy or a wrong api_base may stand in between."
    )


def _refusal(status: int, code: str | None, error: Mapping[str, object]) -> GatewayError:
    text = scrub(error.get("message") or "no reason given")
    if status == 401:
        return NotAuthorised("Recurly does not accept the API key: it is wrong, or was deleted.", code=code)
    if status == 403 or code in {"invalid_permissions", "unauthorized"}:
        return PermissionMissing(f"The API key may not do this. Recurly says: {text}", code=code)
    if status == 404:
        return ChargeUnknown(f"Recurly does not know the object. Recurly says: {text}", code=code)
    if code == "simultaneous_request":
        return RateLimited("Another request on the same object is under way at Recurly.", code=code)
    if code == "transaction":
        return Declined(f"The payment was not given back. Recurly says: {text}", code=_decline(error))
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
