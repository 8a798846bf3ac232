"""Braintree's refusals and failures in our words. Source: util/http.py of its Python SDK.

A write whose request left this machine and brought no readable answer is OutcomeUnknown, never Unavailable.
Messages are ours, or Braintree's with keys and long numbers blanked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from connectors.errors import Declined, GatewayError, NotAuthorised, ObjectUnknown, OutcomeUnknown, RequestInvalid
from connectors.failures import Failures
from connectors.gateways.braintree.refusals import REFUSALS

FAILURES = Failures("Braintree", re.compile(r"\b[0-9a-f]{32,}\b"))


def from_status(status: int, headers: Mapping[str, str], *, is_write: bool) -> GatewayError:
    """An answer that is neither a success nor a list of validation errors. Braintree gives no body to most of them."""
    code = f"http_{status}"
    if status == 429:
        return FAILURES.too_many(headers, code)
    if status == 401:
        return NotAuthorised("Braintree does not accept the API key: it is wrong, expired or revoked.", code=code)
    if status == 403:
        return NotAuthorised(
            "The API key may not do this. Its user in Braintree's control panel lacks the permission.", code=code
        )
    if status == 404:
        return ObjectUnknown("Braintree does not know the object.", code=code)
    if status == 426:
        return RequestInvalid("Braintree no longer takes requests of this version of the API.", code=code)
    if status >= 500 or status == 408:
        return FAILURES.of_server(status, is_write=is_write, code=code)
    return FAILURES.unreadable(status, is_write=is_write, code=code)


def is_web_page(body: bytes) -> bool:
    """Whether an answer is a page for people: from a proxy, or from another host. Braintree's own 404 has no body."""
    return b"<html" in body[:1_000].lower()


def from_validation(codes: Sequence[str], message: object, status: object = None) -> GatewayError:
    """An answer 422: codes of its validation errors, its message, the status of a transaction that was declined."""
    known = [code for code in codes if code in REFUSALS]
    if known:
        unsure = [code for code in known if REFUSALS[code][0] is OutcomeUnknown]
        code = (unsure or known)[0]
        kind, sentence = REFUSALS[code]
        return kind(f"{sentence} Braintree says: {FAILURES.scrub(message)}", code=code)
    first = codes[0] if codes else None
    if status in {"processor_declined", "settlement_declined", "gateway_rejected", "failed"}:
        return Declined(f"It was declined. Braintree says: {FAILURES.scrub(message)}", code=first or str(status))
    return RequestInvalid(f"Braintree refused the request: {FAILURES.scrub(message)}", code=first)
