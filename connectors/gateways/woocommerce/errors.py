"""WooCommerce's refusals and failures in our words. Texts are in the shop's language, so that only codes count.

An answer of 500 with the code CANNOT_REFUND is given for everything that hinders a refund, from an amount that is too
high to a payment plugin that did not answer: it says nothing about the money. A write whose request left this machine
and brought no readable answer is OutcomeUnknown. Source: class WC_REST_Order_Refunds_Controller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx

from connectors.errors import (
    ChargeUnknown,
    GatewayError,
    NotAuthorised,
    OutcomeUnknown,
    RateLimited,
    RequestInvalid,
    Unavailable,
    UnexpectedShape,
)

CANNOT_REFUND = "woocommerce_rest_cannot_create_order_refund"
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
MAX_TEXT = 300
_SECRET = re.compile(r"\bc[ks]_\w+|\b(?:Basic|OAuth)\s+\S+|oauth_\w+=\S+|\b(?:\d[ -]?){12,19}\b")
_MARKUP = re.compile(r"<[^>]{0,200}>")


def scrub(text: object) -> str:
    """The shop's words without keys, card numbers or markup, at most 300 characters, on one line."""
    return " ".join(_SECRET.sub("…", _MARKUP.sub(" ", str(text))).split())[:MAX_TEXT]


def from_connection(cause: BaseException, *, is_write: bool) -> GatewayError:
    """A connection that failed: before the request left, or after."""
    kind = type(cause).__name__
    if isinstance(cause, NEVER_SENT):
        return Unavailable(f"The shop could not be reached ({kind}): nothing was sent.")
    if is_write:
        return OutcomeUnknown(f"The request was sent and no answer came ({kind}): it must be looked up.")
    return Unavailable(f"The shop did not answer ({kind}).")


def from_answer(status: int, body: object, headers: Mapping[str, str], *, is_write: bool) -> GatewayError:
    """An answer that is no success, or could not be read, in our words. `body` is its parsed JSON, if it was any."""
    code = body.get("code") if isinstance(body, Mapping) else None
    code = code if isinstance(code, str) else None
    text = scrub(body.get("message") or "no reason given") if isinstance(body, Mapping) else ""
    if status == 429:
        return RateLimited("The shop asks for fewer requests.", code=code, retry_after_s=retry_after_s(headers))
    if status >= 500:
        return _broken(status, code, text, is_write)
    if status < 400 or code is None:
        return _unreadable(status, is_write)
    return _refusal(status, code, text)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that the answer asks to wait; None where it does not say, or says it as a date."""
    text = headers.get("retry-after") or ""
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d+)?", text) else None


def _broken(status: int, code: str | None, text: str, is_write: bool) -> GatewayError:
    if not is_write:
        return Unavailable(f"The shop failed to answer (HTTP {status}).", code=code)
    said = f" It says: {text}" if text else ""
    return OutcomeUnknown(f"The shop failed on the request (HTTP {status}): it must be looked up.{said}", code=code)


def _unreadable(status: int, is_write: bool) -> GatewayError:
    if is_write:
        return OutcomeUnknown(f"The shop's answer (HTTP {status}) could not be read: it must be looked up.")
    if 300 <= status < 400:
        return UnexpectedShape("The shop leads to another address; set api_base to the one that it leads to.")
    return UnexpectedShape(
        f"The answer (HTTP {status}) is not WooCommerce's JSON; a proxy, a plugin or a wrong api_base may be why."
    )


def _refusal(status: int, code: str, text: str) -> GatewayError:
    if status in {401, 403}:
        return NotAuthorised(
            f"The shop does not accept the key for this: it is wrong, revoked, or lacks the permission; over http a "
            f"clock that is off does the same. The shop says: {text}",
            code=code,
        )
    if code == "rest_no_route":
        return UnexpectedShape(
            "There is no such list in the shop's REST API; WooCommerce 9.0 or later is needed.", code=code
        )
    if status == 404:
        return ChargeUnknown(f"The shop does not know the object. It says: {text}", code=code)
    return RequestInvalid(f"The shop refused the request: {text}", code=code)
