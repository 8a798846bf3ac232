"""The raw Braintree tables: which columns, and where they stand in Braintree's objects as `markup` makes them.

Braintree calls payments and refunds both transactions; here `charges` are those of type sale, `refunds` those of type
credit. A column is called like its path, with `_` for `.`. Payment methods stay JSON in their customer.
Source: the SDK's response objects, and developer.paypal.com/braintree/docs/reference/response/transaction.
"""

from __future__ import annotations

from connectors.gateway import Column, ColumnKind, Resource
from connectors.gateways.braintree.states import CHARGE_STATUS


def _all(kind: ColumnKind, paths: str, *, is_required: bool = False) -> tuple[Column, ...]:
    return tuple(Column(path.replace(".", "_"), path, kind, is_required) for path in paths.split())


def _must(kind: ColumnKind, paths: str) -> tuple[Column, ...]:
    return _all(kind, paths, is_required=True)


def _one_of(name: str, allowed: frozenset[str]) -> tuple[Column, ...]:
    return (Column(name, name, "text", True, allowed),)


_TIMES = _must("iso_time", "created_at") + _all("iso_time", "updated_at")
_DISBURSED = (
    _all("text", "disbursement_details.disbursement_date disbursement_details.settlement_currency_exchange_rate")
    + _all("decimal", "disbursement_details.settlement_amount")
    + _all("currency", "disbursement_details.settlement_currency_iso_code")
    + _all("bool", "disbursement_details.success disbursement_details.funds_held")
)
_PAID_WITH = (
    _all("text", "payment_instrument_type credit_card.token credit_card.last_4 credit_card.card_type")
    + _all("text", "credit_card.cardholder_name credit_card.country_of_issuance credit_card.bin")
    + _all("text", "android_pay_card.source_card_last_4 android_pay_card.source_card_type")
    + _all("text", "android_pay_card.country_of_issuance apple_pay.last_4 apple_pay.card_type")
    + _all("text", "apple_pay.country_of_issuance visa_checkout_card.last_4 visa_checkout_card.card_type")
    + _all("text", "samsung_pay_card.last_4 samsung_pay_card.card_type")
    + _all("text", "paypal.payer_email paypal.token venmo_account.username")
    + _all("decimal", "paypal.transaction_fee_amount")
    + _all("currency", "paypal.transaction_fee_currency_iso_code")
)
_PAYER = (
    _all("text", "customer.id customer.first_name customer.last_name customer.company customer.email customer.phone")
    + _all("text", "billing.first_name billing.last_name billing.company billing.country_code_alpha2")
    + _all("text", "billing.region billing.postal_code")
)
_ANSWERED = _all(
    "text",
    "processor_response_code processor_response_text processor_response_type processor_settlement_response_code "
    "processor_settlement_response_text gateway_rejection_reason",
)


def _transactions(name: str, kind: str) -> Resource:
    return Resource(
        name,
        "transaction",
        _one_of("type", frozenset({kind}))
        + _one_of("status", frozenset(CHARGE_STATUS))
        + _must("decimal", "amount")
        + _must("currency", "currency_iso_code")
        + _all("text", "merchant_account_id order_id refunded_transaction_id authorized_transaction_id")
        + _all("text", "subscription_id plan_id settlement_batch_id channel descriptor.name")
        + _all("decimal", "tax_amount service_fee_amount discount_amount shipping_amount")
        + _all("bool", "recurring tax_exempt")
        + _all("iso_time", "authorization_expires_at")
        + _all("json", "status_history refund_ids partial_settlement_transaction_ids disputes")
        + _all("json", "add_ons discounts custom_fields")
        + (_PAYER + _PAID_WITH + _ANSWERED + _DISBURSED + _TIMES),
    )


CHARGES = _transactions("charges", "sale")
REFUNDS = _transactions("refunds", "credit")
CUSTOMERS = Resource(
    "customers",
    "customer",
    _all("text", "first_name last_name company email phone fax website")
    + _all("json", "addresses credit_cards paypal_accounts android_pay_cards apple_pay_cards venmo_accounts")
    + _all("json", "visa_checkout_cards samsung_pay_cards us_bank_accounts sepa_debit_accounts custom_fields")
    + _TIMES,
)
SUBSCRIPTIONS = Resource(
    "subscriptions",
    "subscription",
    _one_of("status", frozenset({"Active", "Canceled", "Expired", "Past Due", "Pending"}))
    + _must("text", "plan_id")
    + _must("decimal", "price")
    + _all("decimal", "balance next_bill_amount next_billing_period_amount")
    + _all("text", "payment_method_token merchant_account_id first_billing_date next_billing_date paid_through_date")
    + _all("text", "billing_period_start_date billing_period_end_date trial_duration_unit description")
    + _all("bigint", "billing_day_of_month current_billing_cycle number_of_billing_cycles failure_count")
    + _all("bigint", "days_past_due trial_duration")
    + _all("bool", "never_expires trial_period")
    + _all("json", "add_ons discounts status_history transactions")
    + _TIMES,
)
DISPUTES = Resource(
    "disputes",
    "dispute",
    _one_of("status", frozenset("accepted auto_accepted disputed expired lost open under_review won".split()))
    + _must("currency", "currency_iso_code")
    + _all("decimal", "amount amount_disputed amount_won")
    + _all("text", "kind reason reason_code case_number reference_number merchant_account_id original_dispute_id")
    + _must("text", "transaction.id")
    + _all("text", "received_date reply_by_date date_opened date_won")
    + _all("iso_time", "created_at updated_at")
    + _all("json", "status_history evidence"),
)
PLANS = Resource(
    "plans",
    "plan",
    _must("decimal", "price")
    + _must("currency", "currency_iso_code")
    + _all("text", "name description trial_duration_unit")
    + _all("bigint", "billing_frequency billing_day_of_month number_of_billing_cycles trial_duration")
    + _all("bool", "trial_period")
    + _all("json", "add_ons discounts")
    + _all("iso_time", "created_at updated_at"),
)


def _modifications(name: str, object_type: str) -> Resource:
    return Resource(
        name,
        object_type,
        _must("decimal", "amount")
        + _all("text", "name kind description")
        + _all("bigint", "number_of_billing_cycles")
        + _all("bool", "never_expires")
        + _all("iso_time", "created_at updated_at"),
    )


ADD_ONS = _modifications("add_ons", "add_on")
DISCOUNTS = _modifications("discounts", "discount")

RESOURCES = (PLANS, ADD_ONS, DISCOUNTS, CUSTOMERS, SUBSCRIPTIONS, CHARGES, REFUNDS, DISPUTES)
"""In the order in which a full read takes them: what others point to comes first."""

RESOURCE_OF = {
    "plan": "plans",
    "add_on": "add_ons",
    "discount": "discounts",
    "customer": "customers",
    "subscription": "subscriptions",
    "dispute": "disputes",
}
"""Braintree's word for one object -> the raw table, for those that have one whatever stands in them."""


def resource_of(kind: object, value: dict[str, object]) -> str | None:
    """The raw table of an object called `kind`; None for what has none."""
    if kind == "transaction":
        return {"sale": "charges", "credit": "refunds"}.get(str(value.get("type")))
    return RESOURCE_OF.get(str(kind))
