"""The gateways' invoices that a customer has not paid yet, and the state that decides what may be done with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.money import Money
from connectors.states import InvoiceState
from warehouse.published import PublishedFile
from warehouse.reads.customers import of_these
from warehouse.reads.people import CustomerKey


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice that a gateway made."""

    gateway: str
    account: str
    invoice_id: str
    number: str | None
    customer_id: str | None
    customer_email: str | None
    status: str
    total: Money
    tax: Money | None
    remaining: Money
    due_at: datetime | None
    created_at: datetime | None
    seen_at: datetime

    def state(self) -> InvoiceState:
        """What `connectors.offers.which_actions` needs."""
        return InvoiceState(self.account, self.invoice_id, self.status, self.remaining, self.customer_id)


_COLUMNS = """gateway, account, invoice_id, number, customer_id, customer_email, status, currency, total_minor,
    tax_minor, remaining_minor, due_at, created_at, seen_at"""


def open_invoices_of(published: PublishedFile, customers: Sequence[CustomerKey], *, limit: int = 50) -> list[Invoice]:
    """The open invoices of these customer objects, oldest first."""
    if not customers:
        return []
    condition, parameters = of_these(customers)
    rows = published.rows(
        f"""SELECT {_COLUMNS} FROM canonical.invoices WHERE status = 'open' AND {condition}
            ORDER BY created_at, invoice_id""",  # noqa: S608 - our own fragments
        parameters,
    )
    return [_invoice(row) for row in rows[:limit]]


def find_invoice(published: PublishedFile, account: str, invoice_id: str) -> Invoice | None:
    """One invoice of any status, or None."""
    rows = published.rows(
        f"SELECT {_COLUMNS} FROM canonical.invoices WHERE account = ? AND invoice_id = ?",  # noqa: S608
        [account, invoice_id],
    )
    return _invoice(rows[0]) if rows else None


def _invoice(row: dict[str, Any]) -> Invoice:
    currency, tax = row["currency"], row["tax_minor"]
    return Invoice(
        row["gateway"],
        row["account"],
        row["invoice_id"],
        row["number"],
        row["customer_id"],
        row["customer_email"],
        row["status"],
        Money(int(row["total_minor"] or 0), currency),
        None if tax is None else Money(int(tax), currency),
        Money(int(row["remaining_minor"] or 0), currency),
        row["due_at"],
        row["created_at"],
        row["seen_at"],
    )
