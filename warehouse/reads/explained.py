"""What stands behind one charge: the invoice that it paid, its lines, the subscription and the tax."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.money import Money
from warehouse.published import PublishedFile
from warehouse.reads.charged_tax import TaxLine, tax_of_charge
from warehouse.reads.charges import Charge
from warehouse.reads.subscriptions import Subscription, find_subscription


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the invoice."""

    words: str
    """The product's name, else what the gateway wrote."""
    quantity: int
    amount: Money
    since: datetime | None
    until: datetime | None
    is_proration: bool
    """Whether it settles a change within a period: a part of it, or what was paid for and not used."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that is known of why a charge was made."""

    charge: Charge
    product: str | None
    """What was sold, where there is no invoice that says it."""
    country: str | None
    """Of the payer, for the language."""
    number: str | None
    billing_reason: str | None
    """The gateway's own word for what made the invoice: subscription_cycle, renewal, manual, …"""
    discount: Money | None
    lines: tuple[Line, ...]
    taxes: tuple[TaxLine, ...]
    subscription: Subscription | None


def explained(published: PublishedFile, charge: Charge) -> Explained:
    """Put together what the published file knows of a charge."""
    invoice = _invoice(published, charge) or {}
    tax = tax_of_charge(published, charge)
    facts = published.rows(
        "SELECT country, product FROM marts.charge_facts WHERE account = ? AND charge_id = ?",
        [charge.account, charge.charge_id],
    )
    known = facts[0] if facts else {}
    subscription_id = invoice.get("subscription_id")
    discount = invoice.get("discount_minor")
    return Explained(
        charge,
        product=known.get("product"),
        country=known.get("country"),
        number=invoice.get("number"),
        billing_reason=invoice.get("billing_reason"),
        discount=Money(int(discount), invoice["currency"]) if discount else None,
        lines=_lines(published, charge.account, invoice["invoice_id"]) if invoice else (),
        taxes=tax.lines if tax else (),
        subscription=find_subscription(published, charge.account, subscription_id) if subscription_id else None,
    )


def _invoice(published: PublishedFile, charge: Charge) -> dict[str, Any] | None:
    rows = published.rows(
        """SELECT invoice_id, number, billing_reason, discount_minor, currency, subscription_id FROM canonical.invoices
           WHERE account = $account AND
               (invoice_id = $invoice_id OR ($invoice_id::VARCHAR IS NULL AND charge_id = $charge_id))
           ORDER BY created_at DESC LIMIT 1""",
        {"account": charge.account, "invoice_id": charge.invoice_id, "charge_id": charge.charge_id},
    )
    return rows[0] if rows else None


def _lines(published: PublishedFile, account: str, invoice_id: str) -> tuple[Line, ...]:
    rows = published.rows(
        """SELECT coalesce(product.name, line.description, line.product_id) AS words, line.quantity, line.amount_minor,
               line.currency, line.period_start_at, line.period_end_at, line.is_proration
           FROM canonical.invoice_lines AS line
           LEFT JOIN canonical.products AS product
               ON product.account = line.account AND product.product_id = line.product_id
           WHERE line.account = ? AND line.invoice_id = ? ORDER BY line.position, line.invoice_line_id LIMIT 30""",
        [account, invoice_id],
    )
    return tuple(
        Line(
            row["words"] or "",
            int(row["quantity"] or 1),
            Money(int(row["amount_minor"] or 0), row["currency"]),
            row["period_start_at"],
            row["period_end_at"],
            bool(row["is_proration"]),
        )
        for row in rows
    )
