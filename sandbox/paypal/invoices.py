"""Invoices: a draft is sent, one that was sent is reminded of."""

from sandbox.paypal import shapes
from sandbox.paypal.change import Change
from sandbox.paypal.errors import PayPalError, unknown
from sandbox.paypal.store import Entry
from sandbox.stripe.wire import Json

REMINDED = {"UNPAID", "SENT", "PARTIALLY_PAID"}


def send(change: Change, wanted: str, sent: Json) -> Entry:
    """Send a draft."""
    found = _invoice(change, wanted)
    if found.shown["status"] != "DRAFT":
        raise PayPalError(422, "CANNOT_SEND_INVOICE")
    found.shown["status"] = "SENT"
    found.shown["detail"]["metadata"]["first_sent_time"] = shapes.iso(change.now)
    return _noted(change, found)


def remind(change: Change, wanted: str, sent: Json) -> Entry:
    """Send what was sent before once more."""
    found = _invoice(change, wanted)
    if found.shown["status"] not in REMINDED:
        raise PayPalError(422, "CANNOT_REMIND_INVOICE")
    return _noted(change, found)


def _invoice(change: Change, wanted: str) -> Entry:
    found = change.get("invoice", wanted)
    if found is None:
        raise unknown()
    return found


def _noted(change: Change, found: Entry) -> Entry:
    found.shown["detail"]["metadata"]["last_sent_time"] = shapes.iso(change.now)
    found.hidden["sent"] = found.hidden.get("sent", 0) + 1
    change.put(found)
    change.say("INVOICING.INVOICE.UPDATED", "invoices", {"invoice": found.shown})
    return found
