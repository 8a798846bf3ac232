"""Customers, their tax ids, the account itself and its balance."""

from typing import Any

from sandbox.stripe.wire import Json

ACCOUNT_ID = "acct_1SandboxNordlicht"


def customer(wanted: str, created: int, **known: Any) -> Json:
    """A customer without discount or balance."""
    return {
        "id": wanted,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": created,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": wanted[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **known,
    }


def tax_id(wanted: str, created: int, owner: str, kind: str, value: str, country: str | None) -> Json:
    """A customer's tax id, verified."""
    return {
        "id": wanted,
        "object": "tax_id",
        "country": country,
        "created": created,
        "customer": owner,
        "customer_account": None,
        "livemode": False,
        "owner": {"customer": owner, "customer_account": None, "type": "customer"},
        "type": kind,
        "value": value,
        "verification": {"status": "verified", "verified_address": None, "verified_name": None},
    }


def account(created: int) -> Json:
    """The account whose keys these are: a software seller in Berlin."""
    return {
        "id": ACCOUNT_ID,
        "object": "account",
        "business_profile": _profile(),
        "business_type": "company",
        "capabilities": {"card_payments": "active", "sepa_debit_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": "DE",
        "created": created,
        "default_currency": "eur",
        "details_submitted": True,
        "email": "buchhaltung@nordlicht.example",
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "total_count": 0,
            "url": f"/v1/accounts/{ACCOUNT_ID}/external_accounts",
        },
        "future_requirements": _requirements(),
        "metadata": {},
        "payouts_enabled": True,
        "requirements": _requirements(),
        "settings": _settings(),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": "standard",
    }


def _profile() -> Json:
    return {
        "annual_revenue": None,
        "estimated_worker_count": None,
        "mcc": "5734",
        "minority_owned_business_designation": None,
        "name": "Nordlicht Software GmbH",
        "product_description": None,
        "support_address": None,
        "support_email": "hilfe@nordlicht.example",
        "support_phone": None,
        "support_url": None,
        "url": "https://nordlicht.example",
    }


def _requirements() -> Json:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": [],
        "disabled_reason": None,
        "errors": [],
        "eventually_due": [],
        "past_due": [],
        "pending_verification": [],
    }


def _settings() -> Json:
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": "NORDLICHT",
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": "Nordlicht", "timezone": "Europe/Berlin"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "offer"},
        "payments": {
            "statement_descriptor": "NORDLICHT",
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 4, "interval": "weekly", "weekly_anchor": "monday"},
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }
