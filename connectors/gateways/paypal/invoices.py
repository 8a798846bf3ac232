"""Invoices: sent, or sent again as a reminder. PayPal takes no key for this and keeps no list of what it sent.

What tells is the time when the invoice was last sent: it is read and written down before, and compared after an answer
was lost, by whichever process of this host. An e-mail that was sent twice takes nobody's money.
Source: invoicing_v2.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.actions import SendInvoice
from connectors.errors import ObjectUnknown
from connectors.gateways.paypal.amounts import from_paypal
from connectors.gateways.paypal.session import Session
from connectors.money import Money
from connectors.outcomes import Done, LookedUp, Outcome
from connectors.states import InvoiceState

STATES = {
    "DRAFT": "draft",
    "SCHEDULED": "draft",
    "PAID": "paid",
    "MARKED_AS_PAID": "paid",
    "REFUNDED": "paid",
    "PARTIALLY_REFUNDED": "paid",
    "MARKED_AS_REFUNDED": "paid",
    "CANCELLED": "void",
}
"""Every other status is open."""


def state(session: Session, object_id: str) -> InvoiceState:
    """An invoice as it is now; PayPal's invoices name their recipients by e-mail only. Raises ObjectUnknown."""
    found = session.read("invoices", object_id)
    status = STATES.get(str(found.get("status")), "open")
    return InvoiceState(session.account, object_id, status, remaining=_money(found.get("due_amount")))


def send(session: Session, action: SendInvoice, key: str) -> Outcome:
    """Send a draft, or remind the recipient of an invoice that was sent before."""
    found = session.read("invoices", action.object_id)
    session.seen_before.note(action.request_id, _last_sent(found))
    verb = "send" if found.get("status") == "DRAFT" else "remind"
    body = {"send_to_recipient": True, "send_to_invoicer": False}
    session.wire.post(f"/v2/invoicing/invoices/{action.object_id}/{verb}", body, headers={})
    return Done(action.object_id, None, session.now())


def look_up(session: Session, action: SendInvoice) -> LookedUp | None:
    """Done where the invoice was sent since we asked for it; None where it was not, or nobody wrote down how it was."""
    before = session.seen_before.of(action.request_id)
    if before is None:
        return None
    try:
        last = _last_sent(session.read("invoices", action.object_id))
    except ObjectUnknown:
        return None
    if not last or last == before:
        return None
    return Done(action.object_id, None, datetime.fromisoformat(last).astimezone(UTC))


def _last_sent(found: Mapping[str, Any]) -> str:
    detail = found.get("detail")
    metadata = detail.get("metadata") if isinstance(detail, Mapping) else None
    told = metadata.get("last_sent_time") if isinstance(metadata, Mapping) else None
    return told if isinstance(told, str) else ""


def _money(found: object) -> Money | None:
    try:
        return from_paypal(found)
    except ValueError:
        return None
