"""A credit invoice of Recurly as the outcome of a refund. What Recurly has not called a success is never Done.

A payment that was not settled yet is voided instead of refunded: then the credit invoice has no refund of its own.
Source: the OpenAPI document, TransactionStatusEnum and Transaction.voided_by_invoice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.errors import Declined, OutcomeUnknown
from connectors.gateways.recurly.amounts import from_recurly
from connectors.gateways.recurly.states import moment
from connectors.money import Money
from connectors.outcomes import Done, Failed, LookedUp, Outcome, Pending

WAITING = frozenset({"pending", "processing", "scheduled"})
FAILED = frozenset({"declined", "error", "void"})


def outcome(credit: Mapping[str, Any], charge: Mapping[str, Any]) -> Outcome:
    """What came of the request that made this credit invoice. Raises Declined where the refund failed at once."""
    found = looked_up(credit, charge)
    if isinstance(found, Failed):
        raise Declined(found.reason)
    return found


def looked_up(credit: Mapping[str, Any], charge: Mapping[str, Any]) -> LookedUp:
    """The outcome that a credit invoice and the payment it gives back tell together, both parsed exactly.

    Raises OutcomeUnknown where they cannot be read.
    """
    try:
        refunds = [each for each in credit.get("transactions") or () if each.get("type") == "refund"]
        return _of_refunds(refunds) if refunds else _without_refund(credit, charge)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        sentence = f"Recurly's credit invoice cannot be read ({type(error).__name__}): it must be looked up."
        raise OutcomeUnknown(sentence) from None


def _of_refunds(refunds: Sequence[Mapping[str, Any]]) -> LookedUp:
    """Nearly always one; Recurly may spread a refund over several payments."""
    reference = str(refunds[0]["id"])
    amount = Money(0, str(refunds[0]["currency"]))
    for refund in refunds:
        amount += from_recurly(refund["amount"], refund["currency"])
    statuses = {str(refund.get("status")) for refund in refunds}
    if statuses == {"success"}:
        return Done(reference, amount, max(moment(refund) for refund in refunds))
    if statuses <= FAILED:
        return Failed(_why_failed(refunds[0]), reference, amount)
    if statuses <= WAITING:
        return Pending("Recurly has accepted the refund; the bank has not confirmed it yet.", reference, amount)
    said = ", ".join(sorted(status[:40] for status in statuses))
    return Pending(f"Recurly reports the refund as {said}: it is looked up again.", reference, amount)


def _without_refund(credit: Mapping[str, Any], charge: Mapping[str, Any]) -> LookedUp:
    reference = str(credit["id"])
    total = from_recurly(credit["total"], credit["currency"])
    amount = Money(abs(total.minor), total.currency)
    voided_by = charge.get("voided_by_invoice") or {}
    if charge.get("status") == "void" and voided_by.get("id") == credit["id"]:
        return Done(reference, amount, moment({"created_at": charge.get("voided_at") or credit["created_at"]}))
    if credit.get("state") == "voided":
        return Failed("The credit invoice was voided; no money went back to the customer.", reference, amount)
    return Pending("Recurly has made the credit invoice and shows no refund of the payment yet.", reference, amount)


def _why_failed(refund: Mapping[str, Any]) -> str:
    said = str(refund.get("status_message") or refund.get("customer_message") or refund.get("status"))
    return f"The refund failed: Recurly says {said[:120]!r}. No money went back to the customer."
