"""Invoices, their lines and payments, and credit notes, in the shapes since 2025-03-31.basil."""

from typing import Any

from sandbox.stripe.shapes.party import ACCOUNT_ID
from sandbox.stripe.wire import Json


def invoice(wanted: str, created: int, currency: str, payer: Json, lines: list[Json], **known: Any) -> Json:
    """A finalised, unpaid invoice to the customer `payer`. The amounts come in `known`."""
    return {
        "id": wanted,
        "object": "invoice",
        "account_country": "DE",
        "account_name": "Nordlicht Software GmbH",
        "account_tax_ids": None,
        "amount_due": 0,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": 0,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 1,
        "attempted": True,
        "auto_advance": False,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "automatically_finalizes_at": None,
        "billing_reason": "manual",
        "collection_method": "charge_automatically",
        "created": created,
        "currency": currency,
        "custom_fields": None,
        "customer": payer["id"],
        "customer_account": None,
        "customer_address": payer["address"],
        "customer_email": payer["email"],
        "customer_name": payer["name"],
        "customer_phone": None,
        "customer_shipping": None,
        "customer_tax_exempt": payer["tax_exempt"],
        "customer_tax_ids": [],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "due_date": None,
        "effective_at": created,
        **_rest(wanted, created, lines),
        **known,
    }


def _rest(wanted: str, created: int, lines: list[Json]) -> Json:
    """The second half of an invoice's keys."""
    return {
        "ending_balance": 0,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": f"https://invoice.stripe.com/i/{ACCOUNT_ID}/{wanted}",
        "invoice_pdf": f"https://pay.stripe.com/invoice/{ACCOUNT_ID}/{wanted}/pdf",
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": {
            "object": "list",
            "data": lines,
            "has_more": False,
            "total_count": len(lines),
            "url": f"/v1/invoices/{wanted}/lines",
        },
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": None,
        "number": None,
        "on_behalf_of": None,
        "parent": None,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": created,
        "period_start": created,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": 0,
        "statement_descriptor": None,
        "status": "open",
        "status_transitions": {
            "finalized_at": created,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": 0,
        "subtotal_excluding_tax": 0,
        "test_clock": None,
        "total": 0,
        "total_discount_amounts": [],
        "total_excluding_tax": 0,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": created,
    }


def line(wanted: str, of: str, currency: str, amount: int, quantity: int, price: Json, **known: Any) -> Json:
    """A line of the invoice `of`: `amount` minor units before discount and exclusive tax."""
    return {
        "id": wanted,
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": None,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": of,
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"end": 0, "start": 0},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "subtotal": amount,
        "taxes": [],
        **known,
    }


def tax(amount: int, taxable: int, rate: Json, reason: str = "standard_rated") -> Json:
    """One tax of a line or of a whole invoice."""
    return {
        "amount": amount,
        "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
        "tax_rate_details": {"tax_rate": rate["id"]},
        "taxability_reason": reason,
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def invoice_payment(wanted: str, created: int, of: Json, intent: str, paid_at: int | None) -> Json:
    """How the invoice `of` is, or is to be, paid."""
    return {
        "id": wanted,
        "object": "invoice_payment",
        "amount_paid": of["total"] if paid_at else None,
        "amount_requested": of["total"],
        "created": created,
        "currency": of["currency"],
        "invoice": of["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": intent, "type": "payment_intent"},
        "status": "paid" if paid_at else "open",
        "status_transitions": {"canceled_at": None, "paid_at": paid_at},
    }


def credit_note(wanted: str, created: int, of: Json, lines: list[Json], **known: Any) -> Json:
    """A credit note over the whole invoice `of`, with its amounts."""
    return {
        "id": wanted,
        "object": "credit_note",
        "amount": of["total"],
        "amount_shipping": 0,
        "created": created,
        "currency": of["currency"],
        "customer": of["customer"],
        "customer_account": None,
        "customer_balance_transaction": None,
        "discount_amount": sum(part["amount"] for part in of["total_discount_amounts"]),
        "discount_amounts": of["total_discount_amounts"],
        "effective_at": created,
        "invoice": of["id"],
        "lines": {
            "object": "list",
            "data": lines,
            "has_more": False,
            "url": f"/v1/credit_notes/{wanted}/lines",
        },
        "livemode": False,
        "memo": None,
        "metadata": {},
        "number": f"{of['number']}-CN-01",
        "out_of_band_amount": None,
        "pdf": f"https://pay.stripe.com/credit_notes/{ACCOUNT_ID}/{wanted}/pdf",
        "post_payment_amount": of["total"],
        "pre_payment_amount": 0,
        "pretax_credit_amounts": [],
        "reason": None,
        "refunds": [],
        "shipping_cost": None,
        "status": "issued",
        "subtotal": of["subtotal"],
        "subtotal_excluding_tax": of["subtotal_excluding_tax"],
        "total": of["total"],
        "total_excluding_tax": of["total_excluding_tax"],
        "total_taxes": of["total_taxes"],
        "type": "post_payment",
        "voided_at": None,
        **known,
    }


def credit_note_line(wanted: str, of: Json) -> Json:
    """The credit of one whole invoice line."""
    return {
        "id": wanted,
        "object": "credit_note_line_item",
        "amount": of["amount"],
        "description": of["description"],
        "discount_amount": sum(part["amount"] for part in of["discount_amounts"]),
        "discount_amounts": of["discount_amounts"],
        "invoice_line_item": of["id"],
        "livemode": False,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": of["quantity"],
        "tax_rates": [],
        "taxes": of["taxes"],
        "type": "invoice_line_item",
        "unit_amount": None,
        "unit_amount_decimal": None,
    }
