"""Invoices: sent to the customer, or given up.

Source: https://docs.stripe.com/api/invoices/send and https://docs.stripe.com/api/invoices/mark_uncollectible.
"""

from __future__ import annotations

from typing import Any

from connectors.actions import MarkUncollectible, SendInvoice
from connectors.errors import ObjectUnknown, OutcomeUnknown
from connectors.gateways.stripe.charges import Charges
from connectors.gateways.stripe.intents import moment
from connectors.gateways.stripe.sdk import Sdk, an_id, with_key
from connectors.outcomes import Done, LookedUp, Outcome, Pending

MOST_EVENTS = 2_000
"""So many of the latest `invoice.sent` are looked through; Stripe cannot list them by invoice."""


def send(sdk: Sdk, charges: Charges, action: SendInvoice, key: str) -> Outcome:
    """Let Stripe send an open invoice. In test mode Stripe sends no mail, only the event."""
    wanted, options = an_id(action.object_id), with_key(key)
    answered = sdk.write(lambda: sdk.v1.invoices.send_invoice(wanted, options=options))
    if answered.fields.get("id") != wanted:
        raise OutcomeUnknown("Stripe's answer is not the invoice that was to be sent: it must be looked up.")
    return Done(wanted, None, answered.at)


def find_sent(sdk: Sdk, charges: Charges, action: SendInvoice, key: str) -> LookedUp | None:
    """The event of the last 30 days that says that a request with this key sent this invoice."""
    try:
        invoice = read(sdk, action.object_id)
    except ObjectUnknown:
        return None
    params = {"type": "invoice.sent", "created": {"gte": int(invoice.get("created") or 0)}}
    for event in sdk.every(lambda page: sdk.v1.events.list(params=page), params, most=MOST_EVENTS):
        if _sent_by(event) == (action.object_id, key):
            return Done(action.object_id, None, moment(event, "created"))
    return None


def mark_uncollectible(sdk: Sdk, charges: Charges, action: MarkUncollectible, key: str) -> Outcome:
    """Give an open invoice up."""
    wanted, options = an_id(action.object_id), with_key(key)
    answered = sdk.write(lambda: sdk.v1.invoices.mark_uncollectible(wanted, options=options))
    reason = "Stripe took the request and does not show the invoice as uncollectible yet."
    return _given_up(answered.fields) or Pending(reason, wanted)


def find_given_up(sdk: Sdk, charges: Charges, action: MarkUncollectible, key: str) -> LookedUp | None:
    """Done where the invoice is uncollectible, whoever gave it up."""
    try:
        return _given_up(read(sdk, action.object_id))
    except ObjectUnknown:
        return None


def read(sdk: Sdk, invoice_id: str) -> dict[str, Any]:
    """An invoice. Raises ObjectUnknown."""
    wanted = an_id(invoice_id)
    return sdk.read(lambda: sdk.v1.invoices.retrieve(wanted))


def _given_up(invoice: dict[str, Any]) -> Done | None:
    if invoice.get("status") != "uncollectible":
        return None
    return Done(str(invoice.get("id")), None, moment(invoice["status_transitions"], "marked_uncollectible_at"))


def _sent_by(event: dict[str, Any]) -> tuple[object, object]:
    """(invoice, idempotency key) of an event."""
    data, request = event.get("data"), event.get("request")
    obj = data.get("object") if isinstance(data, dict) else None
    return (
        obj.get("id") if isinstance(obj, dict) else None,
        request.get("idempotency_key") if isinstance(request, dict) else None,
    )
