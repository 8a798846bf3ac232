"""Balance transactions, refunds, disputes and payouts: what moves money."""

from typing import Any

from sandbox.stripe.wire import Json

CATEGORY = {
    "charge": "charge",
    "refund": "refund",
    "refund_failure": "refund_failure",
    "payout": "payout",
    "stripe_fee": "fee",
    "adjustment": "dispute",
}


def balance_transaction(
    wanted: str, created: int, kind: str, amount: int, fee: int, currency: str, **known: Any
) -> Json:
    """One line of the gateway's ledger: `amount` gross and `fee`, signed, in minor units; net is the difference."""
    name = "Dispute fee" if kind == "adjustment" else "Stripe processing fees"
    part = {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": name,
        "type": "stripe_fee",
    }
    return {
        "id": wanted,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created,
        "balance_type": "payments",
        "created": created,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [part] if fee else [],
        "net": amount - fee,
        "reporting_category": CATEGORY[kind],
        "source": None,
        "status": "available",
        "type": kind,
        **known,
    }


def refund(wanted: str, created: int, of: Json, amount: int, **known: Any) -> Json:
    """A refund of `amount` minor units of the charge `of`."""
    kind = of["payment_method_details"]["type"]
    how: Json = {"reference": None, "reference_status": "pending", "type": "refund"}
    if kind == "card":
        how["reference_type"] = "acquirer_reference_number"
    return {
        "id": wanted,
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": of["id"],
        "created": created,
        "currency": of["currency"],
        "customer": of["customer"],
        "customer_account": None,
        "destination_details": {kind: how, "type": kind},
        "metadata": {},
        "payment_intent": of["payment_intent"],
        "payment_method": of["payment_method"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
        **known,
    }


EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal "
    "customer_communication customer_email_address customer_name customer_purchase_ip customer_signature "
    "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt "
    "refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number "
    "uncategorized_file uncategorized_text"
).split()


def dispute(wanted: str, created: int, of: Json, status: str, reason: str, **known: Any) -> Json:
    """A dispute of the whole charge `of`."""
    card = of["payment_method_details"].get("card") or {}
    brand = card.get("brand", "visa")
    evidence = dict.fromkeys(EVIDENCE)
    return {
        "id": wanted,
        "object": "dispute",
        "amount": of["amount"],
        "balance_transactions": [],
        "charge": of["id"],
        "created": created,
        "currency": of["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**evidence, "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": created + 9 * 86_400,
            "enhanced_eligibility": {},
            "has_evidence": status in ("won", "lost", "under_review"),
            "past_due": False,
            "submission_count": int(status in ("won", "lost", "under_review")),
        },
        "is_charge_refundable": status.startswith("warning"),
        "livemode": False,
        "metadata": {},
        "payment_intent": of["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": brand,
                "case_type": "chargeback",
                "network": brand,
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": reason,
        "status": status,
        **known,
    }


def payout(wanted: str, created: int, amount: int, currency: str, **known: Any) -> Json:
    """An automatic payout of `amount` minor units to the account's bank."""
    return {
        "id": wanted,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": created,
        "automatic": True,
        "balance_transaction": None,
        "created": created,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": f"ba_1Sandbox{currency.upper()}",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "paid",
        "trace_id": {"status": "supported", "value": None},
        "type": "bank_account",
        **known,
    }
