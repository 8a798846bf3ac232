"""A refund of a shop as an outcome. Only one whose money the payment plugin gave back is Done.

WooCommerce writes the refund down, asks the payment plugin, and then either deletes it again or notes that the payment
was refunded; so a refund without that note is under way, or was left behind by a shop that broke down in between.
Source: function wc_create_refund.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.errors import OutcomeUnknown
from connectors.gateways.woocommerce.states import amount, gmt
from connectors.outcomes import Done, Outcome, Pending

ID_IN_META = "counterfoil_request_id"
_IN_REASON = re.compile(r"Reference: (\S+?)(?=[)\s.,;]|$)")


def reason(request_id: str) -> str:
    """The refund's reason: WooCommerce saves it before the money moves, and shows it to the customer."""
    return f"Reference: {request_id}"


def request_ids(refund: Mapping[str, Any]) -> set[str]:
    """The requests that a refund says it carries out: in its reason, and in its meta data."""
    found = set(_IN_REASON.findall(str(refund.get("reason") or "")))
    for entry in refund.get("meta_data") or ():
        if isinstance(entry, Mapping) and entry.get("key") == ID_IN_META:
            found.add(str(entry.get("value")))
    return found


def outcome(refund: Mapping[str, Any], currency: str) -> Outcome:
    """What the refund says now. Raises OutcomeUnknown where it cannot be read."""
    try:
        counted = amount(refund.get("amount"), currency)
        reference, at = str(int(refund["id"])), gmt(refund.get("date_created_gmt"))
    except (KeyError, TypeError, ValueError):
        raise OutcomeUnknown("The shop's answer is no refund that can be read: it must be looked up.") from None
    if refund.get("refunded_payment") is True:
        return Done(reference, counted, at)
    sentence = (
        "The shop has noted the refund, and not that its payment plugin gave the money back; "
        "if it stays so, look at the order's notes in the shop."
    )
    return Pending(sentence, reference, counted)


def looked_up(refunds: Sequence[Mapping[str, Any]], request_id: str, currency: str) -> Outcome | None:
    """The outcome of one request among an order's refunds: Done before Pending; None where it has none."""
    found = [outcome(refund, currency) for refund in refunds if request_id in request_ids(refund)]
    return min(found, key=lambda each: isinstance(each, Pending), default=None)
