"""Stripe's refusals and failures in our words. Source: https://docs.stripe.com/error-codes and /error-low-level.

A write whose request left this machine and brought no readable answer is OutcomeUnknown, never Unavailable.
Messages are ours, or Stripe's with keys and long numbers blanked.
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
    RateLimited,
    Refused,
    RequestInvalid,
    WindowClosed,
)
from connectors.failures import Failures

KEY_SPENT = "idempotent_replayed"
"""Code of an OutcomeUnknown: Stripe remembers a failure under this key and will repeat it for 24 hours. If a look-up
finds no trace of the action, only another key can send it again."""

FAILURES = Failures("Stripe", re.compile(r"\b(?:sk|rk|pk|ek|whsec)_[\w*.-]+"))
_PERMISSION = re.compile(r"'(rak_\w+)'")

_BY_CODE: dict[str, tuple[type[Refused], str]] = {
    "charge_already_refunded": (AlreadyRefunded, "The charge was refunded in full already."),
    "charge_disputed": (ChargeDisputed, "The charge is disputed; Stripe does not refund it."),
    "refund_disputed_payment": (ChargeDisputed, "The charge is disputed; Stripe does not refund it."),
    "amount_too_large": (AmountTooHigh, "More was asked than is left on the charge."),
    "resource_missing": (ObjectUnknown, "Stripe does not know the object."),
    "balance_insufficient": (Refused, "The Stripe balance is too low for this; add funds to it and ask again."),
    "insufficient_funds": (Refused, "The Stripe balance is too low for this; add funds to it and ask again."),
    "charge_not_refundable": (Refused, "Stripe does not refund this charge."),
    "payment_intent_unexpected_state": (Refused, "The payment is not in a state that allows this."),
    "invoice_not_editable": (Refused, "The invoice does not allow this."),
    "coupon_expired": (Refused, "The coupon can no longer be used."),
    "tax_id_invalid": (RequestInvalid, "Stripe does not take this tax id."),
    "authentication_required": (Declined, "The bank wants the customer to confirm the payment, who is not there."),
}


class MustReadAgain(WindowClosed):
    """An incremental read cannot go on, because events or the cursor are gone: read the resource from the start."""


class PermissionMissing(NotAuthorised):
    """The key is good and lacks a permission, which the message names."""


def from_answer(status: int, body: object, headers: Mapping[str, str], *, is_write: bool) -> GatewayError:
    """An answer that is no success, or could not be read, in our words. `body` is its parsed JSON, if it was any."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if status == 429:
        code = _code(error) or "rate_limit"
        return FAILURES.too_many(headers, code)
    if status == 409 and is_write:
        return OutcomeUnknown("The same request is under way at Stripe: it must be looked up.", code=_code(error))
    if status >= 500 or status in {409, 424}:
        # Only a write carries a key, and only then is its answer a repeated one.
        is_spent = is_write and "idempotent-replayed" in headers
        return FAILURES.of_server(status, is_write=is_write, code=KEY_SPENT if is_spent else None)
    if status < 400 or not isinstance(error, Mapping):
        return FAILURES.unreadable(status, is_write=is_write)
    return _refusal(status, error)


def _refusal(status: int, error: Mapping[str, object]) -> GatewayError:
    code, text = _code(error), FAILURES.scrub(error.get("message") or "no reason given")
    if status == 401:
        return NotAuthorised("Stripe does not accept the API key: it is wrong, expired or revoked.", code=code)
    if status == 403:
        return PermissionMissing(_missing_permission(str(error.get("message"))), code=code)
    if code == "rate_limit" or code == "lock_timeout":
        return RateLimited("Stripe asks for fewer requests.", code=code)
    if error.get("type") == "idempotency_error":
        return RequestInvalid("The idempotency key was used before with other parameters.", code=code)
    if status == 400 and code == "resource_missing" and error.get("param") is None:
        # "This customer has no attached payment source or default payment method." (recorded): nothing is unknown.
        return Refused(f"Something that this needs is missing. Stripe says: {text}", code=code)
    if code in _BY_CODE:
        kind, sentence = _BY_CODE[code]
        return kind(f"{sentence} Stripe says: {text}", code=code)
    if status == 402:
        return Declined(f"The bank declined. Stripe says: {text}", code=code)
    # Stripe gives an over-refund no code of its own; its text has read like this since 2014.
    if error.get("param") == "amount" and "greater than" in text and "efund amount" in text:
        return AmountTooHigh(f"More was asked than is left on the charge. Stripe says: {text}", code=code)
    # We send whole numbers above 0 only, so that what is wrong with it can only be that it is too high.
    if error.get("param") == "amount_to_capture":
        return AmountTooHigh(f"More was asked than is held. Stripe says: {text}", code=code)
    return RequestInvalid(f"Stripe refused the request: {text}", code=code)


def _missing_permission(text: str) -> str:
    found = _PERMISSION.search(text)
    wanted = f": it lacks {found.group(1)}" if found else ""
    return f"The API key may not do this{wanted}. Add the permission to the restricted key in Stripe's dashboard."


def _code(error: object) -> str | None:
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, str) else None
