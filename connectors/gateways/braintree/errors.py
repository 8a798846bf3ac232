"""Braintree's refusals and failures in our words. Sources: error_codes.py and util/http.py of its Python SDK.

A write whose request left this machine and brought no readable answer is OutcomeUnknown, never Unavailable.
Messages are ours, or Braintree's with keys and long numbers blanked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from connectors.errors import (
    AlreadyRefunded,
    AmountTooHigh,
    Declined,
    GatewayError,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    RequestInvalid,
)
from connectors.failures import Failures

FAILURES = Failures("Braintree", re.compile(r"\b[0-9a-f]{32,}\b"))

_REFUSALS: dict[str, tuple[type[GatewayError], str]] = {
    "91506": (
        Refused,
        "The payment has not settled yet, and Braintree refunds settled payments only. Void it instead, which gives "
        "back the whole amount, or ask again when it has settled, usually within a day.",
    ),
    "91574": (Refused, "The payment is being settled right now; ask again when it has settled."),
    "91505": (Refused, "This is itself a refund or a credit; Braintree does not refund those."),
    "91512": (AlreadyRefunded, "The payment was refunded in full already."),
    "91521": (AmountTooHigh, "More was asked than is left on the payment."),
    "91538": (Refused, "Braintree has suspended the merchant account; it takes no refunds."),
    "91559": (Refused, "The merchant account is not active at Braintree yet; it takes no refunds."),
    "91547": (Refused, "The merchant account does not support refunds."),
    "915200": (Declined, "The customer's bank declined the refund, and will decline it again."),
    "915201": (Declined, "The customer's bank declined the refund."),
    "91504": (Refused, "Only payments that have not settled can be voided; refund it instead."),
    "91507": (Refused, "Only authorized payments can be submitted for settlement."),
    "91522": (AmountTooHigh, "More was asked than was authorized."),
    "915230": (RequestInvalid, "The request key is longer than Braintree takes."),
    "915231": (
        RequestInvalid,
        "This Braintree account may not use API request keys, so the request would not be safe to repeat. Ask "
        "Braintree's support to allow idempotent requests for it.",
    ),
    "915232": (RequestInvalid, "The request key was used before with other parameters."),
    "915233": (OutcomeUnknown, "The same request is under way at Braintree: it must be looked up."),
    "915234": (Refused, "An earlier try of the same request failed at Braintree; ask anew."),
    "915235": (OutcomeUnknown, "Braintree could not check the request key: the request must be looked up."),
}
"""Code of a validation error -> what it means for the money."""


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


def from_validation(codes: Sequence[str], message: object, status: object = None) -> GatewayError:
    """An answer 422: codes of its validation errors, its message, the status of a transaction that was declined."""
    known = [code for code in codes if code in _REFUSALS]
    if known:
        unsure = [code for code in known if _REFUSALS[code][0] is OutcomeUnknown]
        code = (unsure or known)[0]
        kind, sentence = _REFUSALS[code]
        return kind(f"{sentence} Braintree says: {FAILURES.scrub(message)}", code=code)
    first = codes[0] if codes else None
    if status in {"processor_declined", "settlement_declined", "gateway_rejected", "failed"}:
        return Declined(f"It was declined. Braintree says: {FAILURES.scrub(message)}", code=first or str(status))
    return RequestInvalid(f"Braintree refused the request: {FAILURES.scrub(message)}", code=first)
