"""WooCommerce's refusals and failures in our words. Texts are in the shop's language, so that only codes count.

An answer of 500 with the code CANNOT_REFUND is given for everything that hinders a refund, from an amount that is too
high to a payment plugin that did not answer: it says nothing about the money. A write whose request left this machine
and brought no readable answer is OutcomeUnknown. Source: class WC_REST_Order_Refunds_Controller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from connectors.errors import (
    GatewayError,
    NotAuthorised,
    ObjectUnknown,
    RequestInvalid,
    UnexpectedShape,
)
from connectors.failures import Failures

CANNOT_REFUND = "woocommerce_rest_cannot_create_order_refund"
FAILURES = Failures("the shop", re.compile(r"\bc[ks]_\w+|\b(?:Basic|OAuth)\s+\S+|oauth_\w+=\S+"))
_MARKUP = re.compile(r"<[^>]{0,200}>")


def scrub(text: object) -> str:
    """The shop's words without keys, card numbers or markup, at most 300 characters, on one line."""
    return FAILURES.scrub(_MARKUP.sub(" ", str(text)))


def from_answer(status: int, body: object, headers: Mapping[str, str], *, is_write: bool) -> GatewayError:
    """An answer that is no success, or could not be read, in our words. `body` is its parsed JSON, if it was any."""
    code = body.get("code") if isinstance(body, Mapping) else None
    code = code if isinstance(code, str) else None
    text = scrub(body.get("message") or "no reason given") if isinstance(body, Mapping) else ""
    if status == 429:
        return FAILURES.too_many(headers, code)
    if status >= 500:
        return FAILURES.of_server(status, is_write=is_write, code=code, said=text)
    if 300 <= status < 400 and not is_write:
        return UnexpectedShape("The shop leads to another address; set api_base to the one that it leads to.")
    if status < 400 or code is None:
        return FAILURES.unreadable(status, is_write=is_write)
    return _refusal(status, code, text)


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
        return ObjectUnknown(f"The shop does not know the object. It says: {text}", code=code)
    return RequestInvalid(f"The shop refused the request: {text}", code=code)
