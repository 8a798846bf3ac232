"""Finding what was given back of a payment: in its invoice, and in the credit invoices that Recurly relates to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import RequestInvalid
from connectors.gateways.recurly.objects import path_of, read, request_id_of, rows
from connectors.gateways.recurly.wire import Wire


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
        return next((credit for credit in self.credits if request_id_of(credit) == request_id), None)


def read_story(wire: Wire, charge_id: str) -> Story:
    """A payment with everything that was given back of it: three requests, more for many credit invoices."""
    charge = read(wire, "transaction", charge_id)
    invoice_id = (charge.get("invoice") or {}).get("id")
    if invoice_id is None:
        raise RequestInvalid("The payment belongs to no invoice; Recurly refunds invoices only.")
    invoice = read(wire, "invoice", str(invoice_id))
    related = rows(wire, f"{path_of('invoice', str(invoice_id))}/related_invoices")
    return Story(charge, invoice, [row for row in related if row.get("type") == "credit"])
