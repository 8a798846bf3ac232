"""Braintree's objects as its sandbox answered in 2024, with API version 6; only what no reader asks for is left out."""

from sandbox.braintree.markup import Json

NO_ADDRESS: Json = dict.fromkeys(
    "id first_name last_name company street_address extended_address locality region postal_code country_name "
    "country_code_alpha2 country_code_alpha3 country_code_numeric phone_number".split()
)
NOT_DISBURSED: Json = dict.fromkeys(
    "disbursement_date settlement_amount settlement_currency_iso_code settlement_currency_exchange_rate "
    "settlement_base_currency_exchange_rate funds_held success".split()
)
_NOTHING_YET = (
    "sub_merchant_account_id master_merchant_account_id order_id refund_id refunded_transaction_id "
    "authorized_transaction_id settlement_batch_id gateway_rejection_reason additional_processor_response "
    "voice_referral_number purchase_order_number tax_amount plan_id subscription_id channel service_fee_amount "
    "escrow_status three_d_secure_info ships_from_postal_code shipping_amount shipping_tax_amount discount_amount "
    "surcharge_amount network_transaction_id authorization_expires_at retried_transaction_id ach_return_code"
).split()


def transaction(wanted: str, at: str, kind: str, amount: str, currency: str, merchant_account: str) -> Json:
    """A transaction of type sale or credit that has no history yet."""
    return {
        "id": wanted,
        "status": "authorizing",
        "type": kind,
        "currency_iso_code": currency,
        "amount": amount,
        "amount_requested": amount,
        "merchant_account_id": merchant_account,
        "created_at": at,
        "updated_at": at,
        "customer": {**dict.fromkeys("id first_name last_name company email website phone fax".split())},
        "billing": dict(NO_ADDRESS),
        "shipping": dict(NO_ADDRESS),
        **dict.fromkeys(_NOTHING_YET),
        "refund_ids": [],
        "partial_settlement_transaction_ids": [],
        "custom_fields": "",
        "avs_postal_code_response_code": "M",
        "cvv_response_code": "M",
        "processor_authorization_code": None,
        "processor_response_code": "1000",
        "processor_response_text": "Approved",
        "processor_response_type": "approved",
        "processor_settlement_response_code": "",
        "processor_settlement_response_text": "",
        "tax_exempt": False,
        "recurring": False,
        "status_history": [],
        "subscription": {"billing_period_end_date": None, "billing_period_start_date": None},
        "add_ons": [],
        "discounts": [],
        "descriptor": {"name": None, "phone": None, "url": None},
        "disbursement_details": dict(NOT_DISBURSED),
        "disputes": [],
        "authorization_adjustments": [],
        "payment_instrument_type": "credit_card",
        "credit_card": card_details(None, None, None, None),
    }


def card_details(token: str | None, kind: str | None, last4: str | None, country: str | None) -> Json:
    """The card inside a transaction; empty where it was paid otherwise."""
    return {
        "token": token,
        "bin": None if last4 is None else "411111",
        "last_4": last4,
        "card_type": kind,
        "expiration_month": None if last4 is None else "12",
        "expiration_year": None if last4 is None else "2029",
        "customer_location": None if country is None else ("US" if country == "US" else "International"),
        "cardholder_name": None,
        "prepaid": "Unknown" if last4 is None else "No",
        "commercial": "Unknown",
        "debit": "Unknown",
        "issuing_bank": "Unknown",
        "country_of_issuance": "Unknown" if country is None else country,
        "venmo_sdk": False,
    }


def customer(wanted: str, at: str, merchant: str) -> Json:
    """A customer without payment methods."""
    return {
        "id": wanted,
        "merchant_id": merchant,
        "first_name": None,
        "last_name": None,
        "company": None,
        "email": None,
        "phone": None,
        "international_phone": {"country_code": None, "national_number": None},
        "fax": None,
        "website": None,
        "created_at": at,
        "updated_at": at,
        "custom_fields": "",
        "credit_cards": [],
        "addresses": [],
    }


def subscription(wanted: str, at: str, plan: Json, token: str, merchant_account: str) -> Json:
    """An active subscription to a plan."""
    return {
        "add_ons": [],
        "balance": "0.00",
        "billing_day_of_month": int(at[8:10]),
        "billing_period_end_date": None,
        "billing_period_start_date": None,
        "created_at": at,
        "updated_at": at,
        "current_billing_cycle": 0,
        "days_past_due": None,
        "discounts": [],
        "failure_count": 0,
        "first_billing_date": at[:10],
        "id": wanted,
        "merchant_account_id": merchant_account,
        "never_expires": True,
        "next_bill_amount": plan["price"],
        "next_billing_period_amount": plan["price"],
        "next_billing_date": at[:10],
        "number_of_billing_cycles": None,
        "paid_through_date": None,
        "payment_method_token": token,
        "plan_id": plan["id"],
        "price": plan["price"],
        "status": "Active",
        "trial_duration": None,
        "trial_duration_unit": None,
        "trial_period": False,
        "descriptor": {"name": None, "phone": None, "url": None},
        "description": None,
        "transactions": [],
        "status_history": [subscription_event("Active", at, plan)],
    }


def subscription_event(status: str, at: str, plan: Json) -> Json:
    """One entry of a subscription's history, newest first there."""
    return {
        "timestamp": at,
        "status": status,
        "user": "sandbox@example.com",
        "subscription_source": "api",
        "balance": "0.00",
        "price": plan["price"],
        "currency_iso_code": plan["currency_iso_code"],
        "plan_id": plan["id"],
    }


def dispute(wanted: str, at: str, sale: Json, kind: str, reason: str) -> Json:
    """An open dispute over a whole sale."""
    return {
        "id": wanted,
        "amount_disputed": sale["amount"],
        "amount_won": "0.00",
        "case_number": f"CASE{wanted[-6:].upper()}",
        "created_at": at,
        "updated_at": at,
        "currency_iso_code": sale["currency_iso_code"],
        "kind": kind,
        "merchant_account_id": sale["merchant_account_id"],
        "original_dispute_id": None,
        "reason": reason,
        "reason_code": "83",
        "received_date": at[:10],
        "reference_number": f"REF{wanted[-6:].upper()}",
        "reply_by_date": at[:10],
        "status": "open",
        "status_history": [{"disbursement_date": None, "effective_date": at[:10], "status": "open", "timestamp": at}],
        "evidence": [],
        "transaction": {
            "id": sale["id"],
            "amount": sale["amount"],
            "created_at": sale["created_at"],
            "order_id": sale["order_id"],
            "purchase_order_number": None,
            "payment_instrument_subtype": sale["credit_card"]["card_type"],
        },
    }


def plan(wanted: str, at: str, name: str, price: str, currency: str, months: int) -> Json:
    """A plan that bills each `months` months."""
    return {
        "id": wanted,
        "merchant_id": "sandbox_merchant",
        "billing_day_of_month": None,
        "billing_frequency": months,
        "currency_iso_code": currency,
        "description": "",
        "name": name,
        "number_of_billing_cycles": None,
        "price": price,
        "trial_duration": None,
        "trial_duration_unit": None,
        "trial_period": False,
        "created_at": at,
        "updated_at": at,
        "add_ons": [],
        "discounts": [],
    }


def modification(wanted: str, at: str, kind: str, name: str, amount: str) -> Json:
    """An add-on or a discount of the account."""
    return {
        "id": wanted,
        "amount": amount,
        "created_at": at,
        "updated_at": at,
        "description": None,
        "kind": kind,
        "merchant_id": "sandbox_merchant",
        "name": name,
        "never_expires": True,
        "number_of_billing_cycles": None,
    }


def enter(made: Json, status: str, at: str) -> Json:
    """Bring a transaction into a status, and write it into its history."""
    made.update(status=status, updated_at=at)
    event = {"timestamp": at, "status": status, "amount": made["amount"], "user": "sandbox@example.com"}
    made["status_history"].append({**event, "transaction_source": "api"})
    return made
