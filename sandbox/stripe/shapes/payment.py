"""Charges and payment intents. Source: answers recorded on 2025-10-29.clover and 2026-03-25.dahlia."""

from typing import Any

from sandbox.stripe.wire import Json

NO_ADDRESS: Json = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def charge(wanted: str, created: int, amount: int, currency: str, **known: Any) -> Json:
    """A paid and captured card charge of `amount` minor units; `known` replaces any key."""
    return {
        "id": wanted,
        "object": "charge",
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {
            "address": NO_ADDRESS,
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": "NORDLICHT",
        "captured": True,
        "created": created,
        "currency": currency,
        "customer": None,
        "description": None,
        "destination": None,
        "dispute": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "on_behalf_of": None,
        "order": None,
        "outcome": outcome(),
        "paid": True,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_details": None,
        "presentment_details": None,
        "radar_options": {},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": f"https://pay.stripe.com/receipts/payment/{wanted}",
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
        **known,
    }


def outcome(declined: str | None = None) -> Json:
    """What the network said; `declined` is its decline code."""
    return {
        "advice_code": None if declined is None else "try_again_later",
        "network_advice_code": None,
        "network_decline_code": None if declined is None else "05",
        "network_status": "approved_by_network" if declined is None else "declined_by_network",
        "reason": declined,
        "risk_level": "normal",
        "risk_score": 21,
        "seller_message": "Payment complete." if declined is None else "The bank returned the decline code.",
        "type": "authorized" if declined is None else "issuer_declined",
    }


def payment_intent(wanted: str, created: int, amount: int, currency: str, **known: Any) -> Json:
    """A succeeded intent of `amount` minor units; `known` replaces any key."""
    return {
        "id": wanted,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": amount,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{wanted}_secret_sandbox",
        "confirmation_method": "automatic",
        "created": created,
        "currency": currency,
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_details": {"customer_reference": None, "order_reference": None},
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
        **known,
    }
