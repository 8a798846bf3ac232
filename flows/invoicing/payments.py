"""Which payments and refunds want a document, read from the published file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from connectors.money import Money
from flows.invoicing.period import Period
from warehouse.published import PublishedFile

_PAYMENTS = """
SELECT c.gateway, c.account, c.charge_id, c.captured_minor, c.currency, c.created_at, c.description, c.customer_id,
    c.payment_method, c.card_brand, c.card_last4, c.email, c.billing_name, c.billing_country, c.billing_state,
    c.billing_postal_code, c.card_country, u.name AS customer_name, u.country AS customer_country,
    u.tax_exempt, u.tax_ids, s.person_id
FROM marts.payments_without_document w
JOIN canonical.charges c ON c.gateway = w.gateway AND c.account = w.account AND c.charge_id = w.charge_id
LEFT JOIN canonical.customers u
    ON u.gateway = c.gateway AND u.account = c.account AND u.customer_id = c.customer_id
LEFT JOIN marts.charge_search s
    ON s.gateway = c.gateway AND s.account = c.account AND s.charge_id = c.charge_id
WHERE c.status = 'succeeded' AND c.created_at >= $start AND c.created_at < $end
ORDER BY c.created_at, c.gateway, c.account, c.charge_id
"""

_REFUNDS = """
SELECT gateway, account, refund_id, charge_id, amount_minor, currency, created_at, reason
FROM canonical.refunds
WHERE status = 'succeeded' AND charge_id IS NOT NULL AND created_at >= $start AND created_at < $end
ORDER BY created_at, gateway, account, refund_id
"""

_METHODS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "ideal": "iDEAL",
    "jcb": "JCB",
    "paypal": "PayPal",
    "sepa_debit": "SEPA direct debit",
    "unionpay": "UnionPay",
    "us_bank_account": "US bank account",
}
"""Ways of paying whose name is not their code in words."""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A succeeded charge without a document. Countries are ISO 3166's two letters, or empty."""

    gateway: str
    account: str
    charge_id: str
    paid: Money
    created_at: datetime
    description: str
    customer_id: str | None
    person_id: str | None
    name: str
    email: str
    state: str
    postal_code: str
    billing_country: str
    customer_country: str
    card_country: str
    exemption: str
    tax_ids: tuple[str, ...]
    method: str

    @property
    def source_key(self) -> str:
        """One invoice per charge."""
        return f"invoice:{self.gateway}:{self.account}:{self.charge_id}"

    @property
    def country(self) -> str:
        """The payer's: of the bill, else of the customer, else of the card."""
        return self.billing_country or self.customer_country or self.card_country


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A succeeded refund."""

    gateway: str
    account: str
    refund_id: str
    charge_id: str
    refunded: Money
    created_at: datetime
    reason: str

    @property
    def source_key(self) -> str:
        """One credit note per refund."""
        return f"credit_note:{self.gateway}:{self.account}:{self.refund_id}"


def payments(published: PublishedFile, period: Period, zone: ZoneInfo) -> list[PaymentRow]:
    """Succeeded charges of the period with neither a gateway's invoice nor a document of ours, oldest first."""
    start, end = period.bounds(zone)
    return [payment_of(row) for row in published.rows(_PAYMENTS, {"start": start, "end": end})]


def refunds(published: PublishedFile, period: Period, zone: ZoneInfo) -> list[RefundRow]:
    """Succeeded refunds of the period, oldest first, whether or not their charge has a document of ours."""
    start, end = period.bounds(zone)
    return [refund_of(row) for row in published.rows(_REFUNDS, {"start": start, "end": end})]


def payment_of(row: Mapping[str, Any]) -> PaymentRow:
    """One row of the query as a payment."""
    return PaymentRow(
        gateway=row["gateway"],
        account=row["account"],
        charge_id=row["charge_id"],
        paid=Money(row["captured_minor"], row["currency"]),
        created_at=row["created_at"],
        description=row["description"] or "",
        customer_id=row["customer_id"],
        person_id=row["person_id"],
        name=row["billing_name"] or row["customer_name"] or "",
        email=row["email"] or "",
        state=row["billing_state"] or "",
        postal_code=row["billing_postal_code"] or "",
        billing_country=country_code(row["billing_country"]),
        customer_country=country_code(row["customer_country"]),
        card_country=country_code(row["card_country"]),
        exemption=row["tax_exempt"] or "none",
        tax_ids=_tax_ids(row["tax_ids"]),
        method=_method(row),
    )


def refund_of(row: Mapping[str, Any]) -> RefundRow:
    """One row of the query as a refund."""
    return RefundRow(
        gateway=row["gateway"],
        account=row["account"],
        refund_id=row["refund_id"],
        charge_id=row["charge_id"],
        refunded=Money(row["amount_minor"], row["currency"]),
        created_at=row["created_at"],
        reason=row["reason"] or "",
    )


def country_code(text: str | None) -> str:
    """Two capital letters, or empty where the gateway gave something else."""
    code = (text or "").strip().upper()
    return code if re.fullmatch("[A-Z]{2}", code) else ""


def _tax_ids(value: str | list[dict[str, str]] | None) -> tuple[str, ...]:
    found = orjson.loads(value) if isinstance(value, str) else value or []
    return tuple(str(tax_id["value"]) for tax_id in found if tax_id.get("value"))


def _method(row: Mapping[str, Any]) -> str:
    if row["card_last4"]:
        return f"{_words(row['card_brand'] or 'card')} ending in {row['card_last4']}"
    return _words(row["payment_method"] or "")


def _words(code: str) -> str:
    if code in _METHODS:
        return _METHODS[code]
    text = code.replace("_", " ")
    return text[:1].upper() + text[1:]
