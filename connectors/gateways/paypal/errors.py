"""PayPal's refusals and failures in our words: an error's `issue` is the word that counts.

Source: PayPal's OpenAPI documents.

A write whose request left this machine and brought no readable answer is OutcomeUnknown, never Unavailable.
Messages are ours, or PayPal's with long numbers and tokens blanked.
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
    OutcomeUnknown,
    Refused,
    RequestInvalid,
    WindowClosed,
)
from connectors.failures import Failures

FAILURES = Failures("PayPal", re.compile(r"\b(?:Bearer|Basic)\s+[\w.~+/=-]+|\bA21AA[\w-]+"))

_BY_ISSUE: dict[str, tuple[type[Refused], str]] = {
    "CAPTURE_FULLY_REFUNDED": (AlreadyRefunded, "The payment was refunded in full already."),
    "REFUND_AMOUNT_EXCEEDED": (AmountTooHigh, "More was asked than is left on the payment."),
    "REFUND_TIME_LIMIT_EXCEEDED": (WindowClosed, "PayPal no longer refunds a payment of this age."),
    "AUTHORIZATION_EXPIRED": (WindowClosed, "The authorization has expired."),
    "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK": (ChargeDisputed, "The payment was charged back."),
    "TRANSACTION_DISPUTED": (ChargeDisputed, "A case is open on the payment."),
    "MAX_CAPTURE_AMOUNT_EXCEEDED": (AmountTooHigh, "More was asked than the authorization holds."),
    "AUTHORIZATION_VOIDED": (Refused, "The authorization was voided: it holds nothing."),
    "AUTHORIZATION_ALREADY_CAPTURED": (Refused, "The authorization was captured already."),
    "MAX_CAPTURE_COUNT_EXCEEDED": (Refused, "PayPal takes no further capture of this authorization."),
    "PREVIOUSLY_CAPTURED": (Refused, "The authorization was captured: refund the payment instead."),
    "PREVIOUSLY_VOIDED": (Refused, "The authorization was voided already."),
    "CANNOT_BE_VOIDED": (Refused, "It was authorized again: void the first authorization."),
    "SUBSCRIPTION_STATUS_INVALID": (Refused, "The subscription's status does not allow it."),
    "SUBSCRIPTION_CANNOT_BE_ACTIVATED": (Refused, "The subscription cannot be resumed."),
    "PLAN_PRODUCT_NOT_COMPATIBLE": (Refused, "The new plan is of another product."),
    "CANNOT_REMIND_INVOICE": (Refused, "The invoice is not open."),
    "INVALID_RESOURCE_ID": (ObjectUnknown, "PayPal does not know the object."),
    "REFUND_FAILED_INSUFFICIENT_FUNDS": (Refused, "The PayPal balance is too low; add funds to it and ask again."),
    "REFUND_NOT_ALLOWED": (Refused, "PayPal does not refund this payment."),
    "PARTIAL_REFUND_NOT_ALLOWED": (Refused, "PayPal refunds this payment only as a whole."),
    "PENDING_CAPTURE": (Refused, "The payment itself is still pending."),
    "MAX_NUMBER_OF_REFUNDS_EXCEEDED": (Refused, "PayPal takes no further refund of this payment."),
    "REFUND_IS_RESTRICTED": (Refused, "Only the app that took the payment may refund it."),
    "TRANSACTION_REFUSED": (Declined, "PayPal's own checks forbid it."),
    "PAYER_CANNOT_PAY": (Declined, "The payer cannot pay."),
    "AUTHORIZATION_DENIED": (Declined, "The authorization was denied."),
    "INSTRUMENT_DECLINED": (Declined, "The bank declined the payment method."),
    "PAYMENT_SOURCE_DECLINED_BY_PROCESSOR": (Declined, "The bank declined the payment method."),
    "CARD_EXPIRED": (Declined, "The card has expired."),
    "REFERENCED_CARD_EXPIRED": (Declined, "The card has expired."),
    "PAYER_ACTION_REQUIRED": (Declined, "The bank wants the customer to confirm the payment; nothing was taken."),
    "PAYER_ACCOUNT_RESTRICTED": (Declined, "The payer's account is restricted."),
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": (Declined, "The payer's account is locked or closed."),
    "TRANSACTION_LIMIT_EXCEEDED": (Declined, "The payment is over the payer's limit."),
    "AGREEMENT_ALREADY_CANCELLED": (Declined, "The payer has withdrawn the stored payment method."),
    "TOKEN_ID_NOT_FOUND": (Declined, "The payment method is no longer stored."),
    "TOKEN_EXPIRED": (Declined, "The stored payment method has expired."),
}
_UNDER_WAY = frozenset({"ORDER_COMPLETION_IN_PROGRESS"})
"""Refusals by which PayPal says that it is at it."""
_OUR_MISTAKE = re.compile(r"^(INVALID_|MISSING_|CANNOT_BE_(ZERO|NEGATIVE)|DECIMAL|DUPLICATE_|MALFORMED)|_MISMATCH$")


class PermissionMissing(NotAuthorised):
    """The app is good and lacks a permission."""


class TokenRefused(NotAuthorised):
    """The access token is not accepted: it has expired or was revoked. Nothing was carried out."""


class TooManyResults(Refused):
    """A search of a span finds more than PayPal lists: search shorter spans."""


class NotThereYet(Refused):
    """A search begins after the last time for which PayPal has data."""


def from_answer(status: int, body: object, headers: Mapping[str, str], *, is_write: bool) -> GatewayError:
    """An answer that is no success, or could not be read, in our words. `body` is its parsed JSON, if it was any."""
    error = body if isinstance(body, Mapping) else {}
    issue = issue_of(error)
    if status == 429:
        return FAILURES.too_many(headers, issue)
    if status == 401:
        return TokenRefused("PayPal does not accept the access token.", code=issue)
    if is_write and (status == 409 or issue in _UNDER_WAY):
        return OutcomeUnknown("The same request is under way at PayPal: it must be looked up.", code=issue)
    if status >= 500 or status in {408, 409}:
        return FAILURES.of_server(status, is_write=is_write, code=issue)
    if status < 400 or not (error.get("name") or error.get("error")):
        return FAILURES.unreadable(status, is_write=is_write)
    return _refusal(status, error, issue)


def issue_of(error: Mapping[str, object]) -> str | None:
    """The finest word of an error: the first detail's issue, else its name."""
    details = error.get("details")
    first = details[0] if isinstance(details, list) and details else None
    found = first.get("issue") if isinstance(first, Mapping) else None
    found = found or error.get("name") or error.get("error")
    return found if isinstance(found, str) else None


def _refusal(status: int, error: Mapping[str, object], issue: str | None) -> GatewayError:
    text = FAILURES.scrub(_words(error))
    if status == 403:
        return PermissionMissing(f"The app may not do this; give it the permission in PayPal: {text}", code=issue)
    if issue in _BY_ISSUE:
        kind, sentence = _BY_ISSUE[issue]
        return kind(f"{sentence} PayPal says: {text}", code=issue)
    if status == 404:
        return ObjectUnknown(f"PayPal does not know the object: {text}", code=issue)
    if issue == "RESULTSET_TOO_LARGE" or "greater than the maximum limit" in text:
        return TooManyResults("The span holds more than PayPal lists at once.", code=issue)
    if "start date is not available" in text:
        return NotThereYet("PayPal has no data from then on yet.", code=issue)
    if status == 400 or _OUR_MISTAKE.search(issue or ""):
        return RequestInvalid(f"PayPal refused the request: {issue}: {text}", code=issue)
    return Refused(f"PayPal refused: {issue}: {text}", code=issue)


def _words(error: Mapping[str, object]) -> object:
    details = error.get("details")
    first = details[0] if isinstance(details, list) and details else None
    described = first.get("description") if isinstance(first, Mapping) else None
    return described or error.get("message") or error.get("error_description") or "no reason given"
