"""Finding what was given back of a payment: in its invoice, and in the credit invoices that Recurly relates to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from connectors.errors import ObjectUnknown, RequestInvalid, UnexpectedShape
from connectors.gateways.recurly.paging import next_path
from connectors.gateways.recurly.wire import Wire

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOTE = re.compile(r"Reference: (\S+)")
MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Story:
    """A payment, the invoice it paid, and that invoice's credit invoices; all parsed exactly."""

    charge: Mapping[str, Any]
    invoice: Mapping[str, Any]
    credits: list[Mapping[str, Any]]

    @property
    def refunds(self) -> list[Mapping[str, Any]]:
        """The refunds of this payment, each once."""
        found: dict[str, Mapping[str, Any]] = {}
        for invoice in (self.invoice, *self.credits):
            for each in invoice.get("transactions") or ():
                if each.get("type") == "refund" and each.get("original_transaction_id") == self.charge["id"]:
                    found[str(each.get("id"))] = each
        return list(found.values())

    @property
    def payments(self) -> int:
        """How many payments went into the invoice."""
        taken = {"success", "chargeback"}
        return sum(
            each.get("type") in {"purchase", "capture"} and each.get("status") in taken
            for each in self.invoice.get("transactions") or ()
        )

    def credit_of(self, request_id: str) -> Mapping[str, Any] | None:
        """The credit invoice that a request of ours made."""
        return next((credit for credit in self.credits if _request_id(credit) == request_id), None)


def note(request_id: str) -> str:
    """The notes of the credit invoice: the customer can read them."""
    return f"Reference: {request_id}"


def an_id(value: object) -> str:
    """A value that leads to no other address. Raises ObjectUnknown."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ObjectUnknown(f"{str(value)[:40]!r} is no id of Recurly's.")
    return value


def read_charge(wire: Wire, charge_id: str) -> Mapping[str, Any]:
    """One payment. Raises ObjectUnknown."""
    return _object(wire, f"/transactions/{an_id(charge_id)}", "transaction", charge_id)


def read_story(wire: Wire, charge_id: str) -> Story:
    """A payment with everything that was given back of it: three requests, more for many credit invoices."""
    charge = read_charge(wire, charge_id)
    invoice_id = (charge.get("invoice") or {}).get("id")
    if invoice_id is None:
        raise RequestInvalid("The payment belongs to no invoice; Recurly refunds invoices only.")
    invoice = _object(wire, f"/invoices/{an_id(invoice_id)}", "invoice", str(invoice_id))
    return Story(charge, invoice, _credits(wire, str(invoice_id)))


def _object(wire: Wire, path: str, kind: str, wanted: str) -> Mapping[str, Any]:
    found = wire.get(path).exact()
    if found.get("object") != kind or found.get("id") != wanted:
        raise UnexpectedShape(f"Recurly's answer for the {kind} {quote(wanted)} is another object.")
    checked: Mapping[str, Any] = found
    return checked


def _credits(wire: Wire, invoice_id: str) -> list[Mapping[str, Any]]:
    path = f"/invoices/{invoice_id}/related_invoices"
    found: list[Mapping[str, Any]] = []
    goes_on = path
    for _ in range(MOST_PAGES):
        page = wire.get(goes_on).exact()
        rows = page.get("data")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnexpectedShape("Recurly's answer for related invoices is no list.")
        found += [row for row in rows if row.get("type") == "credit"]
        following = next_path(page, path)
        if following is None:
            return found
        goes_on = following
    raise UnexpectedShape(f"The list of invoices related to {invoice_id} never ends.")


def _request_id(credit: Mapping[str, Any]) -> str | None:
    match = _NOTE.search(str(credit.get("customer_notes") or ""))
    return match.group(1) if match else None
