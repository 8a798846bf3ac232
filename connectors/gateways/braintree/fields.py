"""The SDK's objects as plain dicts of what we read of them, so that nothing else depends on the SDK's classes."""

from __future__ import annotations

from typing import Any

import braintree
from connectors.gateways.braintree.sdk import unreadable
from connectors.gateways.braintree.states import moment

_TRANSACTION = (
    "id status type amount currency_iso_code created_at order_id refund_ids refunded_transaction_id "
    "merchant_account_id payment_instrument_type processor_response_code processor_response_text "
    "processor_settlement_response_text"
).split()
_SUBSCRIPTION = (
    "id status plan_id never_expires number_of_billing_cycles current_billing_cycle trial_period payment_method_token"
).split()
ADDRESS = "street_address extended_address locality region postal_code country_code_alpha2".split()
_PAID_WITH = (
    "credit_card_details paypal_details apple_pay_details android_pay_card_details venmo_account_details "
    "us_bank_account sepa_direct_debit_account_details visa_checkout_card_details samsung_pay_card_details"
).split()

Fields = dict[str, Any]


def transaction_fields(found: object, *, is_write: bool) -> Fields:
    """A transaction; `token` is of the stored payment method that paid it, None where none was stored."""
    if not isinstance(found, braintree.Transaction):
        raise unreadable(is_write)
    history = getattr(found, "status_history", None) or ()
    tokens = (getattr(getattr(found, name, None), "token", None) for name in _PAID_WITH)
    return {
        **_named(found, _TRANSACTION),
        "customer_id": getattr(getattr(found, "customer_details", None), "id", None),
        "token": next((str(token) for token in tokens if token), None),
        "disputes": [_named(each, ["status", "kind"]) for each in getattr(found, "disputes", None) or ()],
        "status_history": [_named(each, ["timestamp", "status"]) for each in history],
    }


def subscription_fields(found: object, *, is_write: bool) -> Fields:
    """A subscription; `currency` is of its newest price, `customer_id` is None where it was never billed."""
    if not isinstance(found, braintree.Subscription):
        raise unreadable(is_write)
    history = getattr(found, "status_history", None) or ()
    billed = getattr(found, "transactions", None) or ()
    payers = (getattr(getattr(each, "customer_details", None), "id", None) for each in billed)
    return {
        **_whole(found, _SUBSCRIPTION, is_write),
        "currency": next((getattr(each, "currency_iso_code", None) for each in history), None),
        "customer_id": next((str(payer) for payer in payers if payer), None),
        "discount_ids": tuple(str(getattr(each, "id", "")) for each in getattr(found, "discounts", None) or ()),
    }


def customer_fields(found: object, *, is_write: bool) -> Fields:
    """A customer with the addresses, and the default payment method's `token` and `billing` address id, if any."""
    if not isinstance(found, braintree.Customer):
        raise unreadable(is_write)
    methods = getattr(found, "payment_methods", None) or ()
    default = next((each for each in methods if getattr(each, "default", False)), None)
    addresses = getattr(found, "addresses", None) or ()
    return {
        **_whole(found, ["id"], is_write),
        "addresses": [address_fields(each, is_write=is_write) for each in addresses],
        "token": getattr(default, "token", None),
        "billing": getattr(getattr(default, "billing_address", None), "id", None),
    }


def address_fields(found: object, *, is_write: bool) -> Fields:
    """An address of a customer."""
    if not isinstance(found, braintree.Address):
        raise unreadable(is_write)
    return _whole(found, ["id", *ADDRESS], is_write)


def _whole(found: object, names: list[str], is_write: bool) -> Fields:
    """With `created_at` and `updated_at` as times in UTC. Raises what an answer without them, or an id, means."""
    try:
        times = {name: moment(getattr(found, name, None)) for name in ("created_at", "updated_at")}
    except ValueError:
        raise unreadable(is_write) from None
    fields = {**_named(found, names), **times}
    if not isinstance(fields["id"], str) or not fields["id"]:
        raise unreadable(is_write)
    return fields


def _named(found: object, names: list[str]) -> Fields:
    return {name: getattr(found, name, None) for name in names}
